package io.gangway.cli;

import io.gangway.deploy.Setting;
import io.gangway.deploy.SettingSource;
import io.gangway.deploy.SettingSource.Kind;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import picocli.CommandLine.IParameterPreprocessor;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** Settings as options, and options as a source of settings. */
final class SettingOptions {
    /** Characters of a default that the short help still shows. */
    private static final int SHORT_DEFAULT = 16;

    private static final Pattern CLAUSE_END = Pattern.compile("[.:;](?: |$)");

    private final Map<String, Setting<?>> byOption = new LinkedHashMap<>();

    SettingOptions(Collection<? extends Setting<?>> settings) {
        settings.forEach(setting -> byOption.put(name(setting), setting));
    }

    /** The settings, in their order. */
    Collection<Setting<?>> settings() {
        return byOption.values();
    }

    /** How a setting's option is written: {@code --max-requests}; a map's is without the name, as in {@code --env}. */
    static String name(Setting<?> setting) {
        return Kind.COMMAND_LINE.spell(Setting.PREFIX + setting.name());
    }

    /** How it is written with its value, as in {@code --reload[=MODE]}. */
    static String written(Setting<?> setting) {
        String value = "=" + setting.placeholder();
        return name(setting) + (setting.flagValue().isPresent() ? "[" + value + "]" : value);
    }

    /** An option whose help is the beginning of its meaning: what it is, without the finer points. */
    OptionSpec summed(Setting<?> setting) {
        String beginning = CLAUSE_END.split(setting.meaning(), 2)[0];
        return option(setting)
                .description(described(beginning + ".", setting, SHORT_DEFAULT))
                .build();
    }

    /** An option with all of its help. */
    OptionSpec explained(Setting<?> setting) {
        return option(setting)
                .description(described(setting.meaning(), setting, Integer.MAX_VALUE))
                .build();
    }

    /** Options of the names that a setting had before: taken, and shown to nobody. */
    Stream<OptionSpec> former(Setting<?> setting) {
        return formerNames(setting)
                .map(name -> option(setting, name).hidden(true).build());
    }

    private static Stream<String> formerNames(Setting<?> setting) {
        return setting.formerNames().stream().map(former -> Kind.COMMAND_LINE.spell(Setting.PREFIX + former));
    }

    private static OptionSpec.Builder option(Setting<?> setting) {
        return option(setting, name(setting));
    }

    private static OptionSpec.Builder option(Setting<?> setting, String name) {
        OptionSpec.Builder option = OptionSpec.builder(name)
                .paramLabel(setting.placeholder())
                .type(setting.isMap() ? String[].class : String.class);
        return setting.flagValue()
                .map(value -> option.arity("0..1").preprocessor(attachedOr(value)))
                .orElseGet(() -> option.arity("1"));
    }

    /** Only {@code --reload=VALUE} gives a value: what follows {@code --reload} alone is the application. */
    private static IParameterPreprocessor attachedOr(String value) {
        return (args, command, argument, info) -> {
            if (" ".equals(info.get("separator"))) {
                args.push(value);
            }
            return false;
        };
    }

    private String described(String meaning, Setting<?> setting, int longestDefault) {
        String standard = setting.defaultDescription()
                .filter(text -> !setting.isMap() && !text.equals("empty") && text.length() <= longestDefault)
                .map(text -> " (default: " + text + ")")
                .orElse("");
        return asOptions(meaning + standard).replace("%", "%%");
    }

    /** A message about settings, as one who wrote options would have it: {@code gangway.venv} becomes {@code --venv}. */
    String asOptions(String message) {
        String text = message.replace(Setting.PREFIX + "application:", "APP:");
        for (Setting<?> setting : byOption.values()) {
            text = text.replaceAll(
                    "(?<![\\w.-])" + Pattern.quote(Setting.PREFIX + setting.name()) + "(?![\\w-])", name(setting));
        }
        return text;
    }

    /** What the options say, with a value more. */
    SettingSource source(ParseResult parsed, Map<String, String> additional) {
        Map<String, String> values = new LinkedHashMap<>(additional);
        byOption.forEach((current, setting) -> Stream.concat(Stream.of(current), formerNames(setting))
                .forEach(name -> put(values, name, setting, parsed)));
        return SettingSource.commandLine(values);
    }

    private static void put(Map<String, String> values, String name, Setting<?> setting, ParseResult parsed) {
        OptionSpec matched = parsed.matchedOption(name);
        if (matched != null && setting.isMap()) {
            entries(matched, parsed).forEach((entry, text) -> values.put(name + "." + entry, text));
        } else if (matched != null) {
            values.put(name, String.valueOf(matched.<Object>getValue()));
        }
    }

    private static Map<String, String> entries(OptionSpec option, ParseResult parsed) {
        Map<String, String> entries = new LinkedHashMap<>();
        String[] written = option.getValue();
        for (String text : written) {
            int equals = text.indexOf('=');
            if (equals < 1) {
                throw new ParameterException(
                        parsed.commandSpec().commandLine(),
                        option.longestName() + " expects " + option.paramLabel() + ", such as " + option.longestName()
                                + " COLOUR=blue");
            }
            entries.put(text.substring(0, equals), text.substring(equals + 1));
        }
        return entries;
    }
}

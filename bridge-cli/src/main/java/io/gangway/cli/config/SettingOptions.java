package io.gangway.cli.config;

import io.gangway.deploy.CoreSettings;
import io.gangway.deploy.Setting;
import io.gangway.deploy.SettingSource;
import io.gangway.deploy.SettingSource.Kind;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import picocli.CommandLine.IParameterPreprocessor;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** Makes options of settings, and reads settings from options. */
public final class SettingOptions {
    /** Max characters of a default that the short help shows. */
    private static final int SHORT_DEFAULT = 16;

    /** Short options, as in gunicorn. */
    private static final Map<String, String> LETTERS =
            Map.of("bind", "-b", "config", "-c", "env", "-e", "workers", "-w");

    private static final Pattern CLAUSE_END = Pattern.compile("[.:;](?: |$)");

    /** A setting's key, and the word for the name of an entry. */
    private static final Pattern SETTING =
            Pattern.compile("(?<![\\w.-])(" + Pattern.quote(Setting.PREFIX) + "[\\w-]++)(\\.NAME(?![\\w-]))?");

    private final Map<String, Setting<?>> byOption = new LinkedHashMap<>();

    /** Defaults that the command has in place of the settings' own. */
    private final Map<Setting<?>, String> defaults;

    /**
     * Makes options.
     *
     * @param settings in the order of the help
     */
    public SettingOptions(Collection<? extends Setting<?>> settings) {
        this(settings, Map.of());
    }

    /**
     * Makes options of a command that has some other defaults.
     *
     * @param settings in the order of the help
     * @param defaults the texts that the help shows for these
     */
    public SettingOptions(Collection<? extends Setting<?>> settings, Map<Setting<?>, String> defaults) {
        this.defaults = Map.copyOf(defaults);
        settings.forEach(setting -> byOption.put(name(setting), setting));
    }

    /** The settings, in the order of the help. */
    public Collection<Setting<?>> settings() {
        return byOption.values();
    }

    /** The name of a setting's option, for example {@code --max-requests}; for a map without the entry's name, for example {@code --env}. */
    public static String name(Setting<?> setting) {
        return Kind.COMMAND_LINE.spell(Setting.PREFIX + setting.name());
    }

    /** The option with its value, for example {@code --reload[=MODE]} or {@code -w, --workers=N}. */
    public static String written(Setting<?> setting) {
        String value = "=" + setting.placeholder();
        String letter = letter(setting).map(it -> it + ", ").orElse("");
        return letter + name(setting) + (setting.flagValue().isPresent() ? "[" + value + "]" : value);
    }

    /** An option whose help is the first clause of the setting's meaning. */
    public OptionSpec summed(Setting<?> setting) {
        return option(setting)
                .description(described(firstClause(setting.meaning()) + ".", setting, SHORT_DEFAULT))
                .build();
    }

    /** The beginning of a text, without the sign at its end. */
    public static String firstClause(String text) {
        return CLAUSE_END.split(text, 2)[0];
    }

    /** An option for the parser. It has no help: to write that for all options took a tenth of a start's CPU time. */
    public OptionSpec bare(Setting<?> setting) {
        return option(setting).build();
    }

    /** An option whose help is the setting's whole meaning. */
    public OptionSpec explained(Setting<?> setting) {
        return option(setting)
                .description(described(setting.meaning(), setting, Integer.MAX_VALUE))
                .build();
    }

    /** Options with the former names of a setting: accepted, but not shown. */
    public Stream<OptionSpec> former(Setting<?> setting) {
        return formerNames(setting)
                .map(name -> option(setting, name).hidden(true).build());
    }

    private static Stream<String> formerNames(Setting<?> setting) {
        return setting.formerNames().stream().map(former -> Kind.COMMAND_LINE.spell(Setting.PREFIX + former));
    }

    private static OptionSpec.Builder option(Setting<?> setting) {
        return letter(setting)
                .map(letter -> option(setting, letter, name(setting)))
                .orElseGet(() -> option(setting, name(setting)));
    }

    private static Optional<String> letter(Setting<?> setting) {
        return Optional.ofNullable(LETTERS.get(setting.name()));
    }

    private static OptionSpec.Builder option(Setting<?> setting, String name, String... furtherNames) {
        OptionSpec.Builder option = OptionSpec.builder(name, furtherNames)
                .paramLabel(setting.placeholder())
                .type(setting.isMap() || setting.isList() ? String[].class : String.class);
        return setting.flagValue()
                .map(value -> option.arity("0..1").preprocessor(attachedOr(value)))
                .orElseGet(() -> option.arity("1"));
    }

    /** Only {@code --reload=VALUE} gives a value: the argument after a bare {@code --reload} is the application. */
    private static IParameterPreprocessor attachedOr(String value) {
        return (args, command, argument, info) -> {
            if (" ".equals(info.get("separator"))) {
                args.push(value);
            }
            return false;
        };
    }

    private String described(String meaning, Setting<?> setting, int longestDefault) {
        String shownDefault = defaultDescription(setting)
                .filter(text -> !setting.isMap() && !text.equals("empty") && text.length() <= longestDefault)
                .map(text -> " (default: " + text + ")")
                .orElse("");
        return asOptions(meaning + shownDefault).replace("%", "%%");
    }

    /** The default as text, if there is one. */
    public Optional<String> defaultDescription(Setting<?> setting) {
        return Optional.ofNullable(defaults.get(setting)).or(setting::defaultDescription);
    }

    /** A message about settings, with the names of their options: {@code gangway.venv} becomes {@code --venv}. */
    public String asOptions(String message) {
        String text = message.replace(Setting.PREFIX + "application:", "APP:");
        return SETTING.matcher(text).replaceAll(found -> {
            Setting<?> setting = byOption.get(Kind.COMMAND_LINE.spell(found.group(1)));
            if (setting == null) {
                return Matcher.quoteReplacement(found.group());
            }
            String entry = setting.isMap() || found.group(2) == null ? "" : found.group(2);
            return Matcher.quoteReplacement(name(setting) + entry);
        });
    }

    /**
     * The settings that the options give, and the application.
     *
     * @param application its name, which is no option; empty if it is not named
     */
    public SettingSource source(ParseResult parsed, String application) {
        Map<String, String> values = new LinkedHashMap<>();
        Map<String, String> places = new LinkedHashMap<>();
        if (!application.isEmpty()) {
            values.put(name(CoreSettings.APPLICATION), application);
            places.put(name(CoreSettings.APPLICATION), "command line");
        }
        byOption.forEach((current, setting) -> Stream.concat(Stream.of(current), formerNames(setting))
                .forEach(name -> put(values, name, setting, parsed)));
        return new SettingSource(Kind.COMMAND_LINE, values, places);
    }

    private static void put(Map<String, String> values, String name, Setting<?> setting, ParseResult parsed) {
        OptionSpec matched = parsed.matchedOption(name);
        if (matched != null && setting.isMap()) {
            entries(matched, parsed).forEach((entry, text) -> values.put(name + "." + entry, text));
        } else if (matched != null && setting.isList()) {
            values.put(name, String.join(",", matched.<String[]>getValue()));
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

package io.gangway.cli.config;

import io.gangway.deploy.Setting;
import io.gangway.deploy.Settings;
import io.gangway.python.PythonSettings;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.tomlj.Toml;

/** {@code --print-config}: each value and where it comes from, as a TOML file that {@code --config} accepts. */
public final class PrintedConfig {
    private static final Pattern BARE = Pattern.compile("-?[0-9]+|true|false");
    private static final Pattern BARE_KEY = Pattern.compile("[A-Za-z0-9_-]+");
    private static final Pattern COMMA = Pattern.compile(",\\s*");

    /** Column of the comments, if the value leaves room for it. */
    private static final int COMMENT = 40;

    private final Settings settings;
    private final StringBuilder text = new StringBuilder();

    private PrintedConfig(Settings settings) {
        this.settings = settings;
    }

    /** The settings, in the order of their definitions. */
    public static String of(Settings settings) {
        PrintedConfig printed = new PrintedConfig(settings);
        settings.definitions().forEach(printed::add);
        return printed.text.toString();
    }

    private void add(Setting<?> setting) {
        if (setting.isMap()) {
            addMap(setting);
            return;
        }
        if (setting == ServerSettings.CONFIG || setting == ServerSettings.ENV_FILE) {
            settings.text(setting)
                    .filter(value -> !value.isEmpty())
                    .ifPresent(value -> line("# " + setting.name() + " = " + quoted(value), settings.origin(setting)));
            return;
        }
        settings.text(setting)
                .ifPresentOrElse(
                        value -> line(setting.name() + " = " + written(setting, value), settings.origin(setting)),
                        () -> line("# " + setting.name(), "not set"));
    }

    /** The variables of the workers are not shown: they are where passwords are kept, and this output is copied. */
    @SuppressWarnings("unchecked") // a map's type
    private void addMap(Setting<?> setting) {
        Setting<Map<String, String>> map = (Setting<Map<String, String>>) setting;
        Map<String, String> origins = settings.origins(map);
        new TreeMap<>(settings.get(map)).forEach((name, value) -> {
            String key = setting.name() + "." + (BARE_KEY.matcher(name).matches() ? name : quoted(name));
            String origin = origins.getOrDefault(name, settings.origin(setting));
            if (setting == PythonSettings.ENV) {
                line("# " + key, origin + "; the value is not shown");
            } else {
                line(key + " = " + quoted(value), origin);
            }
        });
    }

    private static String written(Setting<?> setting, String value) {
        if (!setting.isList()) {
            return BARE.matcher(value).matches() && !setting.isText() ? value : quoted(value);
        }
        List<String> elements = value.isEmpty() ? List.of() : List.of(COMMA.split(value));
        return "["
                + String.join(", ", elements.stream().map(PrintedConfig::quoted).toList()) + "]";
    }

    private static String quoted(String value) {
        return "\"" + Toml.tomlEscape(value) + "\"";
    }

    private void line(String value, String origin) {
        text.append(value)
                .append(" ".repeat(Math.max(2, COMMENT - value.length())))
                .append("# ")
                .append(origin)
                .append('\n');
    }
}

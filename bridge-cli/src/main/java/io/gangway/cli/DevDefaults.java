package io.gangway.cli;

import io.gangway.cli.config.Bind;
import io.gangway.cli.config.ServerSettings;
import io.gangway.cli.config.SettingOptions;
import io.gangway.deploy.CoreSettings;
import io.gangway.deploy.Setting;
import io.gangway.deploy.SettingSource;
import io.gangway.deploy.SettingSource.Kind;
import io.gangway.python.PythonSettings;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** What {@code gangway dev} sets. Only its command line overrides that: settings in files and variables are those of production. */
final class DevDefaults {
    /** Further ports that are tried if 8000 is taken: nobody runs so many at once. */
    static final int FURTHER_PORTS = 99;

    private static final String FIRST_PORT = "8000";

    private static final Map<Setting<?>, String> VALUES = Map.of(
            CoreSettings.DEVELOPMENT, "true",
            PythonSettings.RELOAD, "watch",
            PythonSettings.WORKERS, "1");

    private DevDefaults() {}

    /** All of them, for the help. */
    static Map<Setting<?>, String> all() {
        Map<Setting<?>, String> all = new HashMap<>(VALUES);
        all.put(ServerSettings.BIND, Bind.LOOPBACK + ":" + FIRST_PORT);
        return all;
    }

    /** The command line, with these settings where it says nothing about them. */
    static SettingSource addTo(SettingSource commandLine, Optional<String> port) {
        Map<String, String> values = new HashMap<>(commandLine.values());
        Map<String, String> places = new HashMap<>(commandLine.places());
        Map<Setting<?>, String> all = new HashMap<>(VALUES);
        if (!namesAddress(commandLine)) {
            all.put(ServerSettings.BIND, Bind.LOOPBACK + ":" + port.orElse(FIRST_PORT));
        }
        all.forEach((setting, value) -> {
            String name = Kind.COMMAND_LINE.spell(setting.key());
            if (values.putIfAbsent(name, value) == null) {
                places.put(name, "gangway dev");
            }
        });
        return new SettingSource(Kind.COMMAND_LINE, values, places);
    }

    /** Whether the command line says on which address or port to listen: then no other will do. */
    static boolean namesAddress(SettingSource commandLine) {
        return commandLine.values().containsKey(SettingOptions.name(ServerSettings.BIND))
                || commandLine.values().containsKey(SettingOptions.name(ServerSettings.PORT));
    }
}

package io.gangway.cli;

import io.gangway.deploy.Setting;
import io.gangway.deploy.SettingSource;
import io.gangway.deploy.SettingSource.Kind;
import io.gangway.python.PythonSettings;
import java.util.HashMap;
import java.util.Map;

/** What {@code gangway run} has as defaults, because its JVM is nobody else's. Every source overrides them. */
final class RunDefaults {
    private static final Map<Setting<?>, String> VALUES = Map.of(PythonSettings.BATCH_SCHEDULING, "true");

    private RunDefaults() {}

    /** All of them, for the help. */
    static Map<Setting<?>, String> all() {
        return VALUES;
    }

    /** A source to be asked after all others. */
    static SettingSource source() {
        Map<String, String> values = new HashMap<>();
        Map<String, String> places = new HashMap<>();
        VALUES.forEach((setting, value) -> {
            String name = Kind.CONTEXT_PARAM.spell(setting.key());
            values.put(name, value);
            places.put(name, "gangway run");
        });
        return new SettingSource(Kind.CONTEXT_PARAM, values, places);
    }
}

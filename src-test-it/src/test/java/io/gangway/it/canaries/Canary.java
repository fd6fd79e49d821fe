package io.gangway.it.canaries;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A framework's application.
 *
 * @param name as the table shows it, and the last segment of where it is mounted
 * @param folder of the application
 * @param application module and callable
 * @param settings besides those that all have
 */
record Canary(String name, String folder, String application, Map<String, String> settings) {
    Canary {
        settings = Map.copyOf(settings);
    }

    /** One that has its framework's name. */
    static Canary of(String framework, String application) {
        return new Canary(framework, framework, application, Map.of());
    }

    /** The same with another name, and elsewhere. */
    Canary named(String another) {
        return new Canary(another, folder, application, settings);
    }

    /** Where it is mounted: two segments, for frameworks that forget one. */
    String contextPath() {
        return "/shop/" + name;
    }

    Canary with(String setting, String value) {
        Map<String, String> more = new LinkedHashMap<>(settings);
        more.put(setting, value);
        return new Canary(name, folder, application, more);
    }

    Path sources() {
        return Places.sources().resolve(folder);
    }

    /** Everything that its deployment is told, under the names of the settings. */
    Map<String, String> allSettings() throws IOException, InterruptedException {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("gangway.application", "python:" + application);
        all.put("gangway.venv", VirtualEnvironment.root().toString());
        all.put("gangway.python-path", sources() + "," + Places.sources().resolve("shared"));
        all.put("gangway.workers", "2");
        all.put("gangway.threads", "4");
        all.put(
                "gangway.env.PYTHONPYCACHEPREFIX",
                Files.createDirectories(Places.target().resolve("pycache")).toString());
        all.putAll(settings);
        return all;
    }
}

package io.gangway.it.canaries;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A framework's application.
 *
 * @param name the name in the table, and the last segment of the mount point
 * @param folder of the application
 * @param application module and callable
 * @param environment with its packages
 * @param settings settings in addition to those of all canaries
 */
record Canary(
        String name, String folder, String application, VirtualEnvironment environment, Map<String, String> settings) {
    Canary {
        settings = Map.copyOf(settings);
    }

    /** A canary with the name of its framework. */
    static Canary of(String framework, String application) {
        return new Canary(framework, framework, application, VirtualEnvironment.FRAMEWORKS, Map.of());
    }

    /** The same canary with the packages of another environment. */
    Canary in(VirtualEnvironment another) {
        return new Canary(name, folder, application, another, settings);
    }

    /** The same canary with another name, and at another mount point. */
    Canary named(String another) {
        return new Canary(another, folder, application, environment, settings);
    }

    /** The mount point: two segments, because a framework might forget one. */
    String contextPath() {
        return "/shop/" + name;
    }

    Canary with(String setting, String value) {
        Map<String, String> more = new LinkedHashMap<>(settings);
        more.put(setting, value);
        return new Canary(name, folder, application, environment, more);
    }

    /** The same canary, reloaded when this file, which is made here, is touched. */
    Canary reloadedBy(Path file) throws IOException {
        return with("gangway.reload", "touch:" + Files.write(file, new byte[0]));
    }

    Path sources() {
        return Places.sources().resolve(folder);
    }

    /** All settings of its deployment, by name. */
    Map<String, String> allSettings() throws IOException, InterruptedException {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("gangway.application", application);
        all.put("gangway.venv", environment.root().toString());
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

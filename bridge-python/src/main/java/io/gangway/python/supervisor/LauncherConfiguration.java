package io.gangway.python.supervisor;

import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** The configuration that the launcher reads from its stdin; {@code docs/worker-protocol.md} has the keys. */
final class LauncherConfiguration {
    private LauncherConfiguration() {}

    static String of(Plan plan, Path socket, String token) {
        Map<String, Object> configuration = new TreeMap<>();
        configuration.put("socket", socket.toString());
        configuration.put("token", token);
        configuration.put("application", plan.application());
        configuration.put("loader", plan.loader());
        configuration.put("factory", plan.isFactory());
        configuration.put("interface", plan.applicationInterface());
        configuration.put("threads", plan.threads());
        configuration.put("concurrency", plan.concurrency());
        configuration.put("lifespan", plan.lifespan());
        configuration.put("python_path", plan.pythonPath());
        configuration.put("preload", plan.isPreloaded());
        plan.virtualEnvironment().ifPresent(root -> configuration.put("venv", root.toString()));
        plan.directory().ifPresent(directory -> configuration.put("chdir", directory.toString()));
        if (plan.isServerBatch()) {
            configuration.put("server", ProcessHandle.current().pid());
        }
        plan.bodies().ifPresent(directory -> configuration.put("bodies", directory.toString()));
        return Json.object(configuration);
    }
}

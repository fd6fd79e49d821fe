package io.gangway.it.faults;

import io.gangway.deploy.ApplicationLoaders;
import io.gangway.deploy.Deployment;
import io.gangway.deploy.SettingSource;
import io.gangway.deploy.Settings;
import io.gangway.it.Python;
import io.gangway.servlet.jetty.GatewayServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;

/** A Python application of {@code src/test/python/faults}, on CPython, behind the embedded Jetty. */
final class Deployed implements AutoCloseable {
    private final Deployment deployment;
    private final GatewayServer server;

    private Deployed(Deployment deployment, GatewayServer server) {
        this.deployment = deployment;
        this.server = server;
    }

    static Deployed start(String application, Map<String, String> settings) throws IOException {
        Python.assumeThere();
        Map<String, String> values = new TreeMap<>(settings);
        values.put("gangway.application", "python:" + application);
        values.put("gangway.python", Python.COMMAND);
        values.put("gangway.python-path", directory().toString());
        ApplicationLoaders loaders = ApplicationLoaders.visibleTo(Deployed.class.getClassLoader());
        Deployment deployment = Deployment.start(
                Settings.resolve(loaders.settings(), List.of(SettingSource.initParams(values))), loaders);
        try {
            return new Deployed(
                    deployment,
                    GatewayServer.of(deployment.application()).port(0).start());
        } catch (IOException | RuntimeException e) {
            deployment.close();
            throw e;
        }
    }

    static Path directory() {
        try {
            URL file = Objects.requireNonNull(Deployed.class.getResource("/faults/storm.py"));
            return Objects.requireNonNull(Path.of(file.toURI()).getParent());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Replaces all workers, as a changed file does. */
    void reload() {
        deployment.workers().orElseThrow().reload("the test");
    }

    int port() {
        return server.port();
    }

    /** The processes of all workers: children of the launchers, which are ours. */
    static List<ProcessHandle> workers() {
        return ProcessHandle.current()
                .children()
                .flatMap(ProcessHandle::children)
                .filter(ProcessHandle::isAlive)
                .toList();
    }

    /** How many descriptors this JVM has open. */
    static long descriptors() {
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            return open.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        server.close();
        deployment.close();
    }
}

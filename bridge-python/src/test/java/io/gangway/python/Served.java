package io.gangway.python;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.gangway.buffer.BodyStore;
import io.gangway.deploy.ApplicationLoaders;
import io.gangway.deploy.Deployment;
import io.gangway.deploy.SettingSource;
import io.gangway.deploy.Settings;
import io.gangway.deploy.Supervised;
import io.gangway.testing.TestClient;
import io.gangway.wsgi.GatewayApplication;
import io.gangway.wsgi.Middleware;
import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** A deployment of an application in {@code served/}, on a real CPython. */
final class Served implements AutoCloseable {
    static final String PYTHON = System.getProperty("test.python", "python3");

    private final Deployment deployment;
    private final CapturedLog log = new CapturedLog();

    private Served(Deployment deployment) {
        this.deployment = deployment;
    }

    /** Deploys {@code served.py}: settings are names and values in turn. */
    static Served start(String... settings) {
        return of("python:served:application", settings);
    }

    static Served of(String application, String... settings) {
        assumePython();
        Map<String, String> values = new HashMap<>(Map.of(
                "gangway.application",
                application,
                "gangway.python",
                PYTHON,
                "gangway.python-path",
                directory().toString(),
                "gangway.workers",
                "1",
                "gangway.graceful-timeout",
                "10s"));
        return deploy(values, settings);
    }

    /** A deployment whose settings name the directories of its modules. */
    static Served withoutPath(String application, String... settings) {
        assumePython();
        return deploy(
                new HashMap<>(
                        Map.of("gangway.application", application, "gangway.python", PYTHON, "gangway.workers", "1")),
                settings);
    }

    private static Served deploy(Map<String, String> values, String... settings) {
        for (int i = 0; i < settings.length; i += 2) {
            values.put("gangway." + settings[i], settings[i + 1]);
        }
        ApplicationLoaders loaders = ApplicationLoaders.visibleTo(Served.class.getClassLoader());
        return new Served(Deployment.start(
                Settings.resolve(loaders.settings(), List.of(SettingSource.initParams(values))), loaders));
    }

    /** Without an interpreter there is nothing to test; in the project's own checks, there has to be one. */
    static void assumePython() {
        boolean isThere = isThere();
        if (Boolean.parseBoolean(System.getenv("CI"))) {
            assertThat(isThere).as("a CPython named " + PYTHON).isTrue();
        }
        assumeTrue(isThere, "no CPython named " + PYTHON + ": install one, or name it with -Dtest.python");
    }

    private static boolean isThere() {
        try {
            return new ProcessBuilder(PYTHON, "--version")
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    static Path directory() {
        try {
            URL file = Objects.requireNonNull(Served.class.getResource("/served/served.py"));
            return Objects.requireNonNull(Path.of(file.toURI()).getParent());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    TestClient client() {
        return TestClient.of(deployment.application()).withErrorPages();
    }

    /** A client with something between the server and the workers. */
    TestClient client(Middleware middleware) {
        return TestClient.of(middleware.wrap(deployment.application())).withErrorPages();
    }

    GatewayApplication application() {
        return deployment.application();
    }

    /** The workers, as an operator changes them. */
    Supervised workers() {
        return deployment.workers().orElseThrow();
    }

    /** Where request bodies are that have been collected. */
    BodyStore bodies() {
        return ((WorkerApplication) deployment.application()).bodies();
    }

    CapturedLog log() {
        return log;
    }

    /** The pid of the worker that answers. */
    long workerPid() {
        return Long.parseLong(client().get("/describe").send().text().split(" ", -1)[0]);
    }

    @Override
    public void close() {
        deployment.close();
        log.close();
    }
}

package io.gangway.cli;

import io.gangway.cli.config.ServerSettings;
import io.gangway.cli.server.AccessLogTarget;
import io.gangway.cli.server.Addresses;
import io.gangway.cli.server.PidFile;
import io.gangway.cli.server.SocketAccess;
import io.gangway.deploy.ApplicationLoaders;
import io.gangway.deploy.CoreSettings;
import io.gangway.deploy.Deployment;
import io.gangway.deploy.DeploymentException;
import io.gangway.deploy.NativeText;
import io.gangway.deploy.Settings;
import io.gangway.exchange.Step;
import io.gangway.python.PythonSettings;
import io.gangway.python.bundle.Bundle;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.eclipse.jetty.util.Jetty;

/** What one run of {@code gangway} is to serve, and where: the settings, and what they come to. */
record Plan(Settings settings, ApplicationLoaders loaders, Addresses addresses) {
    /** The application's name, without the loader if that is Python's. */
    String application() {
        String name = wholeName();
        return name.startsWith("python:") ? name.substring("python:".length()) : name;
    }

    /** Where the application is mounted; empty for the root. */
    String contextPath() {
        return settings.find(ServerSettings.CONTEXT_PATH).orElse("");
    }

    /**
     * Checks what needs no application, because loading one takes long.
     *
     * @throws DeploymentException if the process id file cannot be written, or there is no group of the name
     */
    void check() {
        pidFile().ifPresent(PidFile::check);
        SocketAccess.check(settings);
    }

    Optional<Path> pidFile() {
        return settings.find(ServerSettings.PID_FILE).map(NativeText::path);
    }

    /**
     * Starts the application.
     *
     * @throws DeploymentException if it did not start, or a directory of static files is missing
     */
    Deployment start(AccessLogTarget accessLog) {
        return Deployment.start(settings, loaders, steps(accessLog), contextPath());
    }

    private String wholeName() {
        return loaders.wholeName(settings.get(CoreSettings.APPLICATION));
    }

    /** What the server does with each request before the application gets it. */
    private List<Step> steps(AccessLogTarget accessLog) {
        List<Step> steps = new ArrayList<>(accessLog.steps());
        settings.get(ServerSettings.STATIC).forEach(directory -> steps.add(directory.step()));
        return steps;
    }

    /** The versions, in a line. */
    static String versions() {
        return "Gangway " + Version.gangway() + " with Jetty " + Jetty.VERSION + " on Java "
                + System.getProperty("java.version") + ", " + Version.system(System.getProperty("os.name"));
    }

    /**
     * What is loaded, in a line: for example {@code python:shop:app with python3, 2 workers}. Whether it is a WSGI application, for which a worker has threads, is not known before it is
     * loaded.
     */
    String load() {
        String name = wholeName();
        return name + (name.startsWith("class:") ? "" : workers());
    }

    /** The interpreter of a WAR is looked for when it is loaded; its version is known before. */
    private String python() {
        Optional<String> named = PythonSettings.namedInterpreter(settings);
        Optional<String> version = ExecutableWar.isRunning() && named.isEmpty()
                ? Bundle.find(Plan.class.getClassLoader())
                        .flatMap(bundle -> bundle.description().python())
                : Optional.empty();
        return version.map(it -> "Python " + it).orElseGet(() -> settings.get(PythonSettings.PYTHON));
    }

    private String workers() {
        int workers = settings.get(PythonSettings.WORKERS);
        return " with " + python() + ", " + workers + (workers == 1 ? " worker" : " workers");
    }
}

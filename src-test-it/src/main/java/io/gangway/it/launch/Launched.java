package io.gangway.it.launch;

import io.gangway.deploy.ApplicationLoaders;
import io.gangway.deploy.Deployment;
import io.gangway.deploy.Setting;
import io.gangway.deploy.SettingSource;
import io.gangway.deploy.Settings;
import io.gangway.it.contract.LintedCases;
import io.gangway.servlet.ServletSettings;
import io.gangway.wsgi.GatewayApplication;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The life of a launched server: its application, ready, serving until standard input ends, stopped. */
final class Launched {
    /** The argument by which the application is linted from outside, because it does not lint itself. */
    private static final String LINTED = "linted";

    /** How long threads may take to end once they are told to: they have nothing left to do, but the machine may be busy. */
    private static final Duration ENDING = Duration.ofSeconds(5);

    private Launched() {}

    /**
     * Starts the application that the arguments name.
     *
     * @param arguments the working directory, then settings as {@code name=value}, and perhaps {@code linted}
     */
    static Deployment deploy(String[] arguments) {
        ApplicationLoaders loaders = ApplicationLoaders.visibleTo(Launched.class.getClassLoader());
        List<Setting<?>> definitions = new ArrayList<>(loaders.settings());
        definitions.addAll(ServletSettings.all());
        return Deployment.start(
                Settings.resolve(definitions, List.of(SettingSource.initParams(settings(arguments)))), loaders);
    }

    /** The settings among the arguments. */
    static Map<String, String> settings(String[] arguments) {
        return Arrays.stream(arguments)
                .skip(1)
                .filter(argument -> !argument.equals(LINTED))
                .map(argument -> argument.split("=", 2))
                .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1]));
    }

    /** Those that a servlet reads for itself; the others are the deployment's. */
    static Map<String, String> webSocketSettings(Map<String, String> settings) {
        return settings.entrySet().stream()
                .filter(setting -> setting.getKey().startsWith("gangway.ws-"))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    /** The application that serves the cases: the deployed one, linted if an argument says so. */
    static GatewayApplication application(Deployment deployment, String[] arguments) {
        GatewayApplication application = deployment.application();
        return Arrays.asList(arguments).contains(LINTED) ? new LintedCases().wrap(application) : application;
    }

    /** Prints the ports, and returns when the parent closes standard input, or has ended. */
    static void serve(int port, int mountsPort, int tlsPort) throws IOException {
        System.out.println("READY port=" + port + " mounts=" + mountsPort + " tls=" + tlsPort);
        awaitEnd();
    }

    /** Returns when the parent closes standard input, or has ended. */
    static void awaitEnd() throws IOException {
        while (System.in.read() >= 0) {
            // only the end matters
        }
    }

    /**
     * Prints the threads that a stop has left behind: those that would keep the JVM alive, and all of Gangway's own. Tomcat tells its utility
     * threads to end, and does not wait for them: they have a moment.
     */
    static void tellRemainingThreads() {
        long deadline = System.nanoTime() + ENDING.toNanos();
        String remaining = Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread != Thread.currentThread())
                .filter(thread -> !thread.isDaemon() || thread.getName().startsWith("gangway"))
                .filter(thread -> !thread.getName().equals("DestroyJavaVM"))
                .filter(thread -> !hasEnded(thread, deadline))
                .map(Thread::getName)
                .collect(Collectors.joining(", "));
        System.out.println("STOPPED threads=[" + remaining + "]");
        System.out.flush();
    }

    private static boolean hasEnded(Thread thread, long deadline) {
        try {
            thread.join(
                    Math.max(1, Duration.ofNanos(deadline - System.nanoTime()).toMillis()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return !thread.isAlive();
    }
}

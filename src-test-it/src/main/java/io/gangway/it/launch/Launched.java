package io.gangway.it.launch;

import io.gangway.deploy.ApplicationLoaders;
import io.gangway.deploy.Deployment;
import io.gangway.deploy.SettingSource;
import io.gangway.deploy.Settings;
import io.gangway.it.contract.LintedCases;
import io.gangway.wsgi.GatewayApplication;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The life of a launched server: its application, ready, serving until standard input ends, stopped. */
final class Launched {
    /** As an argument: the application is linted from outside, for it does not do so itself. */
    private static final String LINTED = "linted";

    private Launched() {}

    /**
     * Starts the application that the arguments name.
     *
     * @param arguments the working directory, then settings as {@code name=value}, and perhaps {@code linted}
     */
    static Deployment deploy(String[] arguments) {
        Map<String, String> values = Arrays.stream(arguments)
                .skip(1)
                .filter(argument -> !argument.equals(LINTED))
                .map(argument -> argument.split("=", 2))
                .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1]));
        ApplicationLoaders loaders = ApplicationLoaders.visibleTo(Launched.class.getClassLoader());
        return Deployment.start(
                Settings.resolve(loaders.settings(), List.of(SettingSource.initParams(values))), loaders);
    }

    /** What serves the cases: the deployed application, linted if an argument says so. */
    static GatewayApplication application(Deployment deployment, String[] arguments) {
        GatewayApplication application = deployment.application();
        return Arrays.asList(arguments).contains(LINTED) ? new LintedCases().wrap(application) : application;
    }

    /** Announces the ports and returns when the parent wants, or has met, its end. */
    static void serve(int port, int mountsPort, int tlsPort) throws IOException {
        System.out.println("READY port=" + port + " mounts=" + mountsPort + " tls=" + tlsPort);
        while (System.in.read() >= 0) {
            // only the end matters
        }
    }

    /** Names what a stop has left behind: threads that would keep the JVM alive, and any of Gangway's own. */
    static void tellRemainingThreads() {
        String remaining = Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread != Thread.currentThread())
                .filter(thread -> !thread.isDaemon() || thread.getName().startsWith("gangway"))
                .map(Thread::getName)
                .filter(name -> !name.equals("DestroyJavaVM"))
                .collect(Collectors.joining(", "));
        System.out.println("STOPPED threads=[" + remaining + "]");
        System.out.flush();
    }
}

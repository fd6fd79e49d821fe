package io.gangway.it.launch;

import io.gangway.deploy.ApplicationLoaders;
import io.gangway.deploy.Deployment;
import io.gangway.deploy.SettingSource;
import io.gangway.deploy.Settings;
import io.gangway.servlet.jetty.GatewayServer;
import java.util.List;

/** GatewayServer with the application that the system property {@code gangway.application} names. */
public final class EmbeddedDeployment {
    private EmbeddedDeployment() {}

    /**
     * Serves until standard input ends.
     *
     * @param arguments the context path
     * @throws Exception if the application or the server does not start or stop
     */
    public static void main(String[] arguments) throws Exception {
        ApplicationLoaders loaders = ApplicationLoaders.visibleTo(EmbeddedDeployment.class.getClassLoader());
        Settings settings = Settings.resolve(loaders.settings(), List.of(SettingSource.systemProperties()));
        try (Deployment deployment = Deployment.start(settings, loaders);
                GatewayServer server = GatewayServer.deploying(() -> deployment)
                        .contextPath(arguments[0])
                        .port(0)
                        .start()) {
            Launched.serve(server.port(), 0, 0);
        }
        Launched.tellRemainingThreads();
        System.exit(0);
    }
}

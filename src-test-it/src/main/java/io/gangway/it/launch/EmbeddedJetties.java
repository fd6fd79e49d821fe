package io.gangway.it.launch;

import io.gangway.deploy.ApplicationLoaders;
import io.gangway.deploy.Deployment;
import io.gangway.deploy.Setting;
import io.gangway.deploy.SettingSource;
import io.gangway.deploy.Settings;
import io.gangway.servlet.ServletSettings;
import io.gangway.servlet.jetty.GatewayServer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Several GatewayServers in one process, which close connections that are idle for a given time. */
public final class EmbeddedJetties {
    private EmbeddedJetties() {}

    /**
     * Serves until standard input ends.
     *
     * @param arguments the idle timeout in milliseconds; then for each server its settings, {@code name=value} in lines
     * @throws Exception if an application or a server does not start or stop
     */
    public static void main(String[] arguments) throws Exception {
        List<GatewayServer> servers = new ArrayList<>();
        for (int i = 1; i < arguments.length; i++) {
            servers.add(start(arguments[i], Duration.ofMillis(Long.parseLong(arguments[0]))));
        }
        System.out.println("READY ports="
                + servers.stream()
                        .map(server -> Integer.toString(server.port()))
                        .collect(Collectors.joining(" ")));
        Launched.awaitEnd();
        servers.forEach(GatewayServer::close);
        Launched.tellRemainingThreads();
        System.exit(0);
    }

    private static GatewayServer start(String settings, Duration idleTimeout) throws IOException {
        Map<String, String> values = settings.lines()
                .map(line -> line.split("=", 2))
                .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1]));
        ApplicationLoaders loaders = ApplicationLoaders.visibleTo(EmbeddedJetties.class.getClassLoader());
        List<Setting<?>> definitions = new ArrayList<>(loaders.settings());
        definitions.addAll(ServletSettings.all());
        return GatewayServer.deploying(() -> Deployment.start(
                        Settings.resolve(definitions, List.of(SettingSource.initParams(values))), loaders))
                .idleTimeout(idleTimeout)
                .port(0)
                .start();
    }
}

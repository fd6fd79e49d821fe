package io.gangway.examples.launcher;

import static java.util.Objects.requireNonNullElse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.eclipse.jetty.ee11.webapp.WebAppContext;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.security.HashLoginService;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.resource.ResourceFactory;

/**
 * Runs one WAR in its own Jetty: {@code java -jar launcher.jar WAR [--port 8080] [--users FILE]}.
 *
 * <p>It does not depend on Gangway: to Jetty the WAR is any web application, as in an existing container. Exits with 1
 * and one line if the port is taken or the application does not start.
 */
public final class Launcher {
    /** The {@code realm-name} in a web.xml that selects the users of {@code --users}. */
    private static final String REALM = "Gangway examples";

    record Options(Path war, int port, Optional<Path> users) {
        static Options parse(String... args) {
            Path war = null;
            int port = 8080;
            Path users = null;
            Deque<String> rest = new ArrayDeque<>(List.of(args));
            while (!rest.isEmpty()) {
                String arg = rest.remove();
                switch (arg) {
                    case "--port" -> port = Integer.parseInt(rest.remove());
                    case "--users" -> users = Path.of(rest.remove());
                    default -> war = Path.of(arg);
                }
            }
            return new Options(requireNonNullElse(war, Path.of("")), port, Optional.ofNullable(users));
        }

        String name() {
            return war.getFileName().toString().replaceFirst("\\.war$", "");
        }
    }

    private Launcher() {}

    public static void main(String[] args) throws Exception {
        Options options = Options.parse(args);
        if (!Files.isRegularFile(options.war())) {
            System.err.println("usage: launcher WAR [--port PORT] [--users FILE]; there is no file " + options.war());
            System.exit(2);
        }
        Server server = server(options);
        try {
            server.start();
        } catch (Exception e) {
            System.err.println(options.name() + " did not start: " + reason(e));
            server.stop();
            System.exit(1);
        }
        System.out.println("Serving " + options.name() + " on " + server.getURI() + "  (Ctrl-C stops)");
        server.join();
    }

    private static Server server(Options options) throws IOException {
        Server server = new Server();
        ServerConnector connector = new ServerConnector(server);
        connector.setHost("127.0.0.1");
        connector.setPort(options.port());
        // Applications must get %25 as clients sent it. %2F stays refused: security constraints would not see a slash.
        connector
                .getConnectionFactory(HttpConnectionFactory.class)
                .getHttpConfiguration()
                .setUriCompliance(
                        UriCompliance.DEFAULT.with("launcher", UriCompliance.Violation.AMBIGUOUS_PATH_ENCODING));
        server.addConnector(connector);

        WebAppContext webapp = new WebAppContext();
        webapp.setContextPath("/");
        webapp.setWar(options.war().toString());
        webapp.setThrowUnavailableOnStartupException(true);
        server.setHandler(webapp);

        options.users()
                .ifPresent(file -> server.addBean(
                        new HashLoginService(REALM, ResourceFactory.of(server).newResource(file))));
        server.setStopAtShutdown(true);
        return server;
    }

    /** The innermost cause, which tells a reader what to do; Jetty wraps it in exceptions of its own. */
    private static String reason(Throwable problem) {
        Throwable cause = problem;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return requireNonNullElse(cause.getMessage(), cause.toString());
    }
}

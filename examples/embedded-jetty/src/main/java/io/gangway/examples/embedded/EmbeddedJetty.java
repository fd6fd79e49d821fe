package io.gangway.examples.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.gangway.servlet.jetty.GatewayServer;
import io.gangway.wsgi.GatewayApplication;
import io.gangway.wsgi.Header;
import java.net.BindException;
import java.util.List;

/** A web server in a main method: {@code java -jar embedded-jetty.jar [--port 8080]}. */
public final class EmbeddedJetty {
    static final GatewayApplication HELLO = (environ, startResponse) -> {
        startResponse.start("200 OK", List.of(new Header("Content-Type", "text/plain; charset=utf-8")));
        return List.of("Hello\n".getBytes(UTF_8));
    };

    private EmbeddedJetty() {}

    public static void main(String[] args) throws Exception {
        int port = args.length == 2 && args[0].equals("--port") ? Integer.parseInt(args[1]) : 8080;
        try (GatewayServer server = GatewayServer.of(HELLO).port(port).start()) {
            System.out.println("Serving embedded-jetty on " + server.uri() + "  (Ctrl-C stops)");
            server.join();
        } catch (BindException taken) {
            System.err.println(taken.getMessage());
            System.exit(1);
        }
    }
}

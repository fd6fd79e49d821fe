package io.gangway.examples.live;

import io.gangway.servlet.jetty.GatewayServer;
import java.net.BindException;

/** The chat room in a main method: {@code java -jar java-live.jar [--port 8080]}. */
public final class Main {
    private Main() {}

    public static void main(String[] args) throws Exception {
        int port = args.length == 2 && args[0].equals("--port") ? Integer.parseInt(args[1]) : 8080;
        try (GatewayServer server = GatewayServer.of(new Room()).port(port).start()) {
            System.out.println("Serving java-live on " + server.uri() + "  (Ctrl-C stops)");
            server.join();
        } catch (BindException taken) {
            System.err.println(taken.getMessage());
            System.exit(1);
        }
    }
}

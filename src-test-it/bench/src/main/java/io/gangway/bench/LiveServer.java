package io.gangway.bench;

import io.gangway.servlet.GatewayServlet;
import org.eclipse.jetty.server.CustomRequestLog;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/** One side of {@code run asgi-java}, in a Jetty with WebSockets and an access log. */
public final class LiveServer {
    private LiveServer() {}

    /**
     * Serves until the process is ended.
     *
     * @param arguments {@code gateway} or {@code servlet}, the port on 127.0.0.1, and the file of the access log
     * @throws Exception if the server does not start
     */
    public static void main(String[] arguments) throws Exception {
        Server server = switch (arguments[0]) {
            case "gateway" -> Jetties.withWebSockets(new GatewayServlet(new LiveApplication()), container -> {});
            case "servlet" -> Jetties.withWebSockets(new LiveServlet(), LiveEndpoints::addTo);
            default -> throw new IllegalArgumentException("gateway or servlet, not " + arguments[0]);
        };
        ((ServerConnector) server.getConnectors()[0]).setPort(Integer.parseInt(arguments[1]));
        server.setRequestLog(new CustomRequestLog(arguments[2]));
        server.start();
        server.join();
    }
}

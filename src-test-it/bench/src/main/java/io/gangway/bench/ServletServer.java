package io.gangway.bench;

import org.eclipse.jetty.server.CustomRequestLog;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/** The hand-written hello servlet alone in a Jetty, with an access log: the floor of {@code run peers}. */
public final class ServletServer {
    private ServletServer() {}

    /**
     * Serves until the process is ended.
     *
     * @param arguments the port on 127.0.0.1, and the file of the access log
     * @throws Exception if the server does not start
     */
    public static void main(String[] arguments) throws Exception {
        Server server = Jetties.onPort(new HelloServlet());
        ((ServerConnector) server.getConnectors()[0]).setPort(Integer.parseInt(arguments[0]));
        server.setRequestLog(new CustomRequestLog(arguments[1]));
        server.start();
        server.join();
    }
}

package io.gangway.bench;

import io.gangway.servlet.GatewayServlet;
import jakarta.servlet.Servlet;
import java.time.Duration;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/**
 * One process that serves each workload twice, from a hand-written servlet and from GatewayServlet, each in a Jetty of its
 * own on a port of its own: what differs between the two is the servlet and nothing else.
 *
 * <p>Prints one line {@code workload side port} for each, then {@code ready}.
 */
public final class BenchServer {
    private static final Duration LIMIT = Duration.ofHours(2);

    private BenchServer() {}

    /**
     * Serves until standard input ends.
     *
     * @param arguments none
     * @throws Exception if a server does not start
     */
    public static void main(String[] arguments) throws Exception {
        Lifetime.endWithParent(LIMIT);
        for (Workload workload : Workload.values()) {
            announce(workload, "servlet", HandWritten.of(workload));
            announce(workload, "gateway", new GatewayServlet(Applications.of(workload)));
        }
        System.out.println("ready");
    }

    private static void announce(Workload workload, String side, Servlet servlet) throws Exception {
        Server server = Jetties.onPort(servlet);
        server.start();
        int port = ((ServerConnector) server.getConnectors()[0]).getLocalPort();
        System.out.println(workload.label() + " " + side + " " + port);
    }
}

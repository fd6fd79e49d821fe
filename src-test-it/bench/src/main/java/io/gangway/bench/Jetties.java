package io.gangway.bench;

import jakarta.servlet.Servlet;
import jakarta.websocket.DeploymentException;
import jakarta.websocket.server.ServerContainer;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.ee10.websocket.jakarta.server.config.JakartaWebSocketServletContainerInitializer;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.LocalConnector;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** Jetty configured as {@code GatewayServer} does it, around any servlet: both sides of a comparison run in one of these. */
public final class Jetties {
    private static final int HEADER_LIMIT = 16 * 1024;
    private static final int THREADS = 200;

    /** Held here, for the log manager would forget it, and its level with it. */
    private static final Logger LOG = Logger.getLogger("org.eclipse.jetty");

    private Jetties() {}

    /**
     * Makes a server on a port of 127.0.0.1 that the system chooses.
     *
     * @param servlet mapped to everything
     * @return not started
     */
    public static Server onPort(Servlet servlet) {
        return onPort(context(servlet));
    }

    /**
     * Makes a server as {@link #onPort(Servlet)} does, which has WebSockets too.
     *
     * @param servlet mapped to everything
     * @param endpoints adds those that are no part of the servlet
     * @return not started
     */
    static Server withWebSockets(Servlet servlet, Endpoints endpoints) {
        ServletContextHandler context = context(servlet);
        JakartaWebSocketServletContainerInitializer.configure(
                context, (servletContext, container) -> endpoints.addTo(container));
        return onPort(context);
    }

    /** Adds endpoints to a container. */
    @FunctionalInterface
    interface Endpoints {
        void addTo(ServerContainer container) throws DeploymentException;
    }

    private static Server onPort(ServletContextHandler context) {
        Server server = around(context);
        HttpConfiguration http = configuration();
        ServerConnector connector =
                new ServerConnector(server, new HttpConnectionFactory(http), new HTTP2CServerConnectionFactory(http));
        connector.setHost("127.0.0.1");
        connector.setPort(0);
        server.addConnector(connector);
        return server;
    }

    /**
     * Makes a server that takes requests from memory.
     *
     * @param servlet mapped to everything
     * @return not started; its one connector is a {@link LocalConnector}
     */
    public static Server inMemory(Servlet servlet) {
        Server server = around(context(servlet));
        server.addConnector(new LocalConnector(server, new HttpConnectionFactory(configuration())));
        return server;
    }

    /** Jetty says nothing of its starting and stopping. */
    static void quiet() {
        LOG.setLevel(Level.WARNING);
    }

    private static ServletContextHandler context(Servlet servlet) {
        ServletContextHandler context = new ServletContextHandler("/");
        context.getServletHandler().setDecodeAmbiguousURIs(true);
        ServletHolder holder = new ServletHolder("gateway", servlet);
        holder.setInitOrder(0);
        holder.setAsyncSupported(true);
        context.addServlet(holder, "/*");
        return context;
    }

    private static Server around(ServletContextHandler context) {
        quiet();
        Server server = new Server(new QueuedThreadPool(THREADS));
        server.setHandler(new GracefulHandler(context));
        return server;
    }

    private static HttpConfiguration configuration() {
        HttpConfiguration http = new HttpConfiguration();
        http.setRequestHeaderSize(HEADER_LIMIT);
        http.setResponseHeaderSize(HEADER_LIMIT);
        http.setSendServerVersion(false);
        http.setUriCompliance(UriCompliance.UNSAFE);
        return http;
    }
}

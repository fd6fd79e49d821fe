package io.gangway.it.launch;

import io.gangway.it.contract.ContractApplication;
import io.gangway.servlet.jetty.GatewayServer;
import io.gangway.wsgi.GatewayApplication;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.ContextHandlerCollection;

/** GatewayServer with the contract application, and a plain Jetty with every mapping. */
public final class EmbeddedJetty {
    private EmbeddedJetty() {}

    /**
     * Serves until standard input ends.
     *
     * @param arguments none
     * @throws Exception if a server does not start or stop
     */
    public static void main(String[] arguments) throws Exception {
        ContractApplication application = new ContractApplication();
        Server mounts = mounts(application);
        mounts.start();
        try (GatewayServer server = GatewayServer.of(application).port(0).start()) {
            Launched.serve(server.port(), ((ServerConnector) mounts.getConnectors()[0]).getLocalPort());
        }
        mounts.stop();
        Launched.tellRemainingThreads();
        System.exit(0);
    }

    private static Server mounts(GatewayApplication application) {
        Server server = new Server();
        ServerConnector connector = new ServerConnector(server);
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        ContextHandlerCollection contexts = new ContextHandlerCollection();
        for (Mappings mapping : Mappings.values()) {
            ServletContextHandler context = new ServletContextHandler(mapping.contextPath());
            context.addServletContainerInitializer(mapping.initializer(application));
            contexts.addHandler(context);
        }
        server.setHandler(contexts);
        return server;
    }
}

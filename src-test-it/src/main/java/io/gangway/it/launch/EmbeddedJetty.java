package io.gangway.it.launch;

import io.gangway.deploy.Deployment;
import io.gangway.servlet.jetty.GatewayServer;
import io.gangway.wsgi.GatewayApplication;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.websocket.jakarta.server.config.JakartaWebSocketServletContainerInitializer;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.server.handler.ContextHandlerCollection;
import org.eclipse.jetty.util.ssl.SslContextFactory;

/** GatewayServer with the application that serves the contract, and also a plain Jetty with every mapping and a TLS connector. */
public final class EmbeddedJetty {
    private EmbeddedJetty() {}

    /**
     * Serves until standard input ends.
     *
     * @param arguments the directory that has the key stores, then what {@link Launched#deploy} reads
     * @throws Exception if a server does not start or stop
     */
    public static void main(String[] arguments) throws Exception {
        Path work = Path.of(arguments[0]);
        try (Deployment deployment = Launched.deploy(arguments)) {
            GatewayApplication application = Launched.application(deployment, arguments);
            Server mounts = mounts(application, work, Launched.settings(arguments));
            ServerConnector plain = connector(mounts, new HttpConnectionFactory());
            ServerConnector tls = connector(mounts, tls(work), new HttpConnectionFactory(tlsConfiguration()));
            mounts.start();
            try (GatewayServer server = server(deployment, application).port(0).start()) {
                Launched.serve(server.port(), plain.getLocalPort(), tls.getLocalPort());
            }
            mounts.stop();
        }
        Launched.tellRemainingThreads();
        System.exit(0);
    }

    /** GatewayServer gets the deployment, so that no thread waits if the application can be suspended. */
    private static GatewayServer.Builder server(Deployment deployment, GatewayApplication application) {
        return application == deployment.application()
                ? GatewayServer.deploying(() -> deployment)
                : GatewayServer.of(application);
    }

    private static ServerConnector connector(Server server, ConnectionFactory... protocols) {
        ServerConnector connector = new ServerConnector(server, protocols);
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        return connector;
    }

    private static SslConnectionFactory tls(Path work) {
        SslContextFactory.Server stores = new SslContextFactory.Server();
        stores.setKeyStorePath(work.resolve(TlsFiles.SERVER).toString());
        stores.setKeyStoreType(TlsFiles.TYPE);
        stores.setKeyStorePassword(TlsFiles.PASSWORD);
        stores.setTrustStorePath(work.resolve(TlsFiles.CLIENTS).toString());
        stores.setTrustStoreType(TlsFiles.TYPE);
        stores.setTrustStorePassword(TlsFiles.PASSWORD);
        stores.setWantClientAuth(true);
        return new SslConnectionFactory(stores, HttpVersion.HTTP_1_1.asString());
    }

    /** Without the customizer, Jetty does not tell servlets about TLS, and not even that it is in use. */
    private static HttpConfiguration tlsConfiguration() {
        HttpConfiguration configuration = new HttpConfiguration();
        configuration.addCustomizer(new SecureRequestCustomizer());
        return configuration;
    }

    private static Server mounts(GatewayApplication application, Path work, Map<String, String> settings)
            throws IOException {
        Server server = new Server();
        ContextHandlerCollection contexts = new ContextHandlerCollection();
        for (Mappings mapping : Mappings.values()) {
            ServletContextHandler context = new ServletContextHandler(mapping.contextPath());
            context.setBaseResourceAsPath(mapping.documents(work));
            if (mapping == Mappings.STAR || mapping == Mappings.BLOCKING) {
                Launched.webSocketSettings(settings).forEach(context::setInitParameter);
                JakartaWebSocketServletContainerInitializer.configure(context, null);
            }
            context.addServletContainerInitializer(mapping.initializer(application));
            contexts.addHandler(context);
        }
        server.setHandler(contexts);
        return server;
    }
}

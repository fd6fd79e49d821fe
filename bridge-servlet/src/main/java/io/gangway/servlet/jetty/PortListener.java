package io.gangway.servlet.jetty;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/** A TCP port; taken by {@link #claim}, so that clients wait in its backlog until the application is ready. */
record PortListener(ServerConnector connector) implements Listener {
    static PortListener of(Server server, HttpConfiguration http, String host, int port, Duration idleTimeout) {
        ServerConnector connector =
                new ServerConnector(server, new HttpConnectionFactory(http), new CleartextHttp2(http));
        connector.setHost(host);
        connector.setPort(port);
        connector.setIdleTimeout(idleTimeout.toMillis());
        return new PortListener(connector);
    }

    @Override
    public void claim() throws IOException {
        connector.open();
    }

    @Override
    public void end() {
        connector.close();
    }

    @Override
    public int port() {
        return connector.getLocalPort();
    }

    @Override
    public URI uri(String contextPath) {
        String host = connector.getHost();
        String literal = host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host;
        return URI.create("http://" + literal + ":" + port() + contextPath + "/");
    }

    @Override
    public String toString() {
        return connector.getHost() + " port " + connector.getPort();
    }
}

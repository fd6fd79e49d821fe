package io.gangway.servlet.jetty;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Server;

/** A TCP port. {@link #claim} opens it, so that clients wait in its backlog until the application is ready. */
record PortListener(PortConnector connector) implements Listener {
    static PortListener of(Server server, HttpConfiguration http, String host, int port, Duration idleTimeout) {
        PortConnector connector = new PortConnector(server, Listener.protocols(http));
        connector.setHost(host);
        connector.setPort(port);
        connector.setIdleTimeout(idleTimeout.toMillis());
        connector.setShutdownIdleTimeout(-1); // a stop must not break an upload that pauses
        return new PortListener(connector);
    }

    @Override
    public void claim() throws IOException {
        connector.open();
    }

    @Override
    public void refuse() {
        connector.refuse();
    }

    @Override
    public int onTheWay() {
        return connector.onTheWay();
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

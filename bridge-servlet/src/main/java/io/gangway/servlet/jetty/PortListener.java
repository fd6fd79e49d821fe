package io.gangway.servlet.jetty;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import org.eclipse.jetty.http.HttpScheme;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Server;
import org.jspecify.annotations.Nullable;

/**
 * A TCP port. {@link #claim} opens it, so that clients wait in its backlog until the application is ready.
 *
 * @param scheme of the URIs that it serves
 */
record PortListener(PortConnector connector, HttpScheme scheme) implements Listener {
    /** Where a server listens; an inherited socket listens there already. */
    record Address(String host, int port, boolean isInherited) {
        Address(String host, int port) {
            this(host, port, false);
        }
    }

    /** A port; it speaks TLS if there is one to speak. */
    static PortListener of(
            Server server, HttpConfiguration http, Address address, Duration idleTimeout, @Nullable Tls tls) {
        PortConnector connector = new PortConnector(
                server, address.isInherited(), tls == null ? Listener.protocols(http) : tls.protocols(http));
        connector.setHost(address.host());
        connector.setPort(address.port());
        connector.setIdleTimeout(idleTimeout.toMillis());
        connector.setShutdownIdleTimeout(-1); // a stop must not break an upload that pauses
        return new PortListener(connector, tls == null ? HttpScheme.HTTP : HttpScheme.HTTPS);
    }

    /** A port without TLS, whose requests are redirected. */
    static PortListener redirecting(Server server, HttpConfiguration http, Address address, Duration idleTimeout) {
        PortListener listener = of(server, http, address, idleTimeout, null);
        listener.connector.setName(HttpsRedirect.CONNECTOR);
        return listener;
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
        return URI.create(scheme.asString() + "://" + literal + ":" + port() + contextPath + "/");
    }

    @Override
    public String toString() {
        return connector.getHost() + " port " + connector.getPort();
    }
}

package io.gangway.servlet.watch;

import io.gangway.server.IpAddress;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletRequestWrapper;
import jakarta.servlet.http.HttpServletRequest;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Collections;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The TCP connection over which a request came, as far as the request tells. Behind a proxy, the container may name the client as the proxy's header does: then there is no connection with
 * this remote address, and perhaps none with this port.
 *
 * <p>Used by one thread at a time.
 */
public final class ClientConnection {
    /** Looks in a row that do not find a connection: the system's table is not written at one moment. */
    static final int MISSED = 3;

    /** Headers that often have the address of the server, and so that of a client on the same machine. */
    private static final Set<String> OF_SERVER = Set.of("host", "origin", "referer");

    private final InetAddress localAddress;
    private final int localPort;
    private final String local;
    private final String remote;
    private final boolean isRemotePortCertain;
    private boolean wasShown;
    private int missed;

    private ClientConnection(
            InetAddress localAddress,
            int localPort,
            InetAddress remoteAddress,
            int remotePort,
            boolean isRemotePortCertain) {
        this.localAddress = localAddress;
        this.localPort = localPort;
        this.local = Connections.end(localAddress, localPort);
        this.remote = Connections.end(remoteAddress, remotePort);
        this.isRemotePortCertain = isRemotePortCertain;
    }

    /**
     * The connection of a request; empty if it is no TCP connection.
     *
     * @param request may be touched now
     */
    public static Optional<ClientConnection> of(HttpServletRequest request) {
        HttpServletRequest containers = unwrapped(request);
        InetAddress local = address(containers.getLocalAddr());
        InetAddress remote = address(containers.getRemoteAddr());
        int port = containers.getRemotePort();
        return local == null || remote == null || port <= 0
                ? Optional.empty()
                : Optional.of(new ClientConnection(
                        local, containers.getLocalPort(), remote, port, !isRemoteNamedByHeader(containers)));
    }

    /** The container's own request: a filter may give what a proxy's header says. */
    private static HttpServletRequest unwrapped(HttpServletRequest request) {
        ServletRequest inner = request;
        while (inner instanceof ServletRequestWrapper wrapper) {
            inner = wrapper.getRequest();
        }
        return inner instanceof HttpServletRequest containers ? containers : request;
    }

    /** Null for a name, which would be looked up. */
    private static @Nullable InetAddress address(@Nullable String text) {
        String literal = text == null ? "" : IpAddress.normalized(text);
        if (IpAddress.parse(literal).isEmpty()) {
            return null;
        }
        try {
            return InetAddress.getByName(literal);
        } catch (UnknownHostException e) {
            return null;
        }
    }

    /**
     * Whether Jetty may have taken the client's address from a header, which it keeps, and the port with it. Tomcat drops that header, but never takes a port from it.
     */
    private static boolean isRemoteNamedByHeader(HttpServletRequest request) {
        String address = request.getRemoteAddr().replaceAll("[\\[\\]]", "").toLowerCase(Locale.ROOT);
        for (String name : Collections.list(request.getHeaderNames())) {
            if (!OF_SERVER.contains(name.toLowerCase(Locale.ROOT))) {
                for (String value : Collections.list(request.getHeaders(name))) {
                    if (value.toLowerCase(Locale.ROOT).contains(address)) {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    /**
     * Whether the client has closed its side of the connection, or reset it; to be asked at each look, until it is so. One that the client has closed is shown for a while; one that it
     * has reset is not, and perhaps never was: that counts if the connection would end on this machine and the request tells its port.
     *
     * @param open as they are at this look
     */
    public boolean isClosed(Connections open) {
        if (open.isShown(local, remote, isRemotePortCertain)) {
            wasShown = true;
            missed = 0;
            return open.isClosed(local, remote, isRemotePortCertain);
        }
        missed++;
        return missed >= MISSED && (wasShown || (isRemotePortCertain && open.isListening(localAddress, localPort)));
    }

    /**
     * Whether bytes of the client have arrived that nobody has read; false if the system does not show the connection.
     *
     * @param open as they are at this look
     */
    public boolean hasUnread(Connections open) {
        return open.hasUnread(local, remote);
    }
}

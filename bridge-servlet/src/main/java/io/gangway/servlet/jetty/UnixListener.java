package io.gangway.servlet.jetty;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import org.eclipse.jetty.server.ConnectionMetaData;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.unixdomain.server.UnixDomainServerConnector;

/** A Unix socket's file. Used by one thread at a time. */
final class UnixListener implements Listener {
    /** Bytes of a Unix socket's path that every system takes: macOS has room for 104, with a NUL at the end. */
    private static final int LONGEST_PATH = 103;

    /** Who may connect is this machine's user, and CGI's REMOTE_ADDR is an address (RFC 3875, section 4.1.8). */
    private static final SocketAddress PEER = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    private final UnixDomainServerConnector connector;
    private final Path path;
    private boolean isClaimed;

    private UnixListener(UnixDomainServerConnector connector, Path path) {
        this.connector = connector;
        this.path = path;
    }

    static UnixListener of(Server server, HttpConfiguration http, Path path, Duration idleTimeout) {
        http.setLocalAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 80));
        http.addCustomizer((request, responseHeaders) -> new FromThisMachine(request));
        UnixDomainServerConnector connector =
                new UnixDomainServerConnector(server, new HttpConnectionFactory(http), new CleartextHttp2(http));
        connector.setUnixDomainPath(path);
        connector.setIdleTimeout(idleTimeout.toMillis());
        return new UnixListener(connector, path);
    }

    @Override
    public Connector connector() {
        return connector;
    }

    /** A file that nobody listens on is left from a server that was killed. */
    @Override
    public void claim() throws IOException {
        Path directory = path.getParent();
        if (directory == null || !Files.isDirectory(directory)) {
            throw new BindException("there is no directory " + directory);
        }
        if (path.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8).length > LONGEST_PATH) {
            throw new BindException("a Unix socket's path has " + LONGEST_PATH + " bytes at most");
        }
        if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            if (!isSocket()) {
                throw new BindException("the file exists, and is no socket");
            }
            if (isListenedOn()) {
                throw new BindException("Address already in use");
            }
            remove();
        }
        isClaimed = true;
    }

    private boolean isSocket() throws IOException {
        return Files.readAttributes(path, java.nio.file.attribute.BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .isOther();
    }

    private boolean isListenedOn() {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            return channel.connect(UnixDomainSocketAddress.of(path));
        } catch (IOException e) {
            return false;
        }
    }

    private void remove() throws IOException {
        try {
            Files.deleteIfExists(path);
        } catch (FileSystemException e) {
            BindException stale = new BindException("a socket that nobody listens on cannot be removed: " + e);
            stale.initCause(e);
            throw stale;
        }
    }

    @Override
    public void end() {
        if (isClaimed) {
            isClaimed = false;
            path.toFile().delete();
        }
    }

    @Override
    public int port() {
        return -1;
    }

    @Override
    public URI uri(String contextPath) {
        return URI.create("unix:" + path.toUri().getRawPath());
    }

    @Override
    public String toString() {
        return "unix:" + path;
    }

    /** Such a connection's peer has no address. */
    private static final class FromThisMachine extends Request.Wrapper {
        private final ConnectionMetaData connection;

        FromThisMachine(Request request) {
            super(request);
            connection = new ConnectionMetaData.Wrapper(request.getConnectionMetaData()) {
                @Override
                public SocketAddress getRemoteSocketAddress() {
                    return PEER;
                }
            };
        }

        @Override
        public ConnectionMetaData getConnectionMetaData() {
            return connection;
        }
    }
}

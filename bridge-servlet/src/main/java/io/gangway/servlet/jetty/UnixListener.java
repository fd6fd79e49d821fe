package io.gangway.servlet.jetty;

import io.gangway.log.FileProblem;
import io.gangway.servlet.GatewayServlet;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import org.eclipse.jetty.server.ConnectionMetaData;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Server;

/** A Unix socket's file. Used by one thread at a time. */
final class UnixListener implements Listener {
    /** Max bytes of a Unix socket's path that every system accepts: macOS has space for 104, with a NUL at the end. */
    private static final int MAX_PATH = 103;

    /** Only users of this machine can connect; and CGI's REMOTE_ADDR must be an address (RFC 3875, section 4.1.8). */
    private static final SocketAddress PEER = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    /** The bits of a mode that tell a file's kind, and their value for a socket: POSIX's S_IFMT and S_IFSOCK, the same on Linux, macOS and the BSDs. */
    private static final int KIND = 0170000;

    private static final int SOCKET = 0140000;

    private final UnixConnector connector;
    private final Path path;

    private UnixListener(UnixConnector connector, Path path) {
        this.connector = connector;
        this.path = path;
    }

    static UnixListener of(
            Server server, HttpConfiguration http, Path path, boolean isInherited, Duration idleTimeout) {
        http.setLocalAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 80));
        http.addCustomizer((request, responseHeaders) -> {
            request.setAttribute(GatewayServlet.UNIX_SOCKET, true);
            return new FromThisMachine(request);
        });
        UnixConnector connector = new UnixConnector(server, path, isInherited, Listener.protocols(http));
        connector.setIdleTimeout(idleTimeout.toMillis());
        connector.setShutdownIdleTimeout(-1); // a stop must not break an upload that pauses
        return new UnixListener(connector, path);
    }

    @Override
    public UnixConnector connector() {
        return connector;
    }

    /** A socket file that no process listens on was left by a server that was killed. */
    @Override
    public void claim() throws IOException {
        if (connector.isInheritChannel()) {
            return;
        }
        Path directory = path.getParent();
        if (directory == null || !Files.isDirectory(directory)) {
            throw new BindException("there is no directory " + directory);
        }
        if (path.toString().getBytes(StandardCharsets.UTF_8).length > MAX_PATH) {
            throw new BindException("a Unix socket's path may have at most " + MAX_PATH + " bytes");
        }
        if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            if (!isSocket()) {
                throw new BindException("the file exists, and is not a socket");
            }
            if (isListenedOn()) {
                throw new BindException("Address already in use");
            }
            remove();
        }
    }

    /** Whether a file is a socket. A FIFO or a device is "other" too, and must not be removed. */
    private boolean isSocket() throws IOException {
        if (path.getFileSystem().supportedFileAttributeViews().contains("unix")) {
            Object mode = Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
            return mode instanceof Integer bits && (bits & KIND) == SOCKET;
        }
        return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .isOther(); // Windows, whose directories have no FIFOs and devices
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
            BindException stale = new BindException(
                    "the socket file of a server that was killed cannot be removed: " + FileProblem.inWords(e));
            stale.initCause(e);
            throw stale;
        }
    }

    @Override
    public void refuse() throws IOException {
        connector.refuse();
    }

    @Override
    public int onTheWay() {
        return connector.onTheWay();
    }

    @Override
    public void end() {
        // if the connector has made the file, it has removed it
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

    /** The peer of a Unix socket's connection has no address. */
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

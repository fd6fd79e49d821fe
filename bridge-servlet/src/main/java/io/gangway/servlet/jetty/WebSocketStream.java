package io.gangway.servlet.jetty;

import io.gangway.servlet.websocket.SocketReader;
import java.util.Optional;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.http2.HTTP2Connection;
import org.eclipse.jetty.http2.HTTP2Stream;
import org.eclipse.jetty.http2.api.Stream;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.server.HttpStream;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.TunnelSupport;
import org.eclipse.jetty.util.Attachable;

/**
 * A request for a WebSocket on a stream of HTTP/2 (RFC 8441).
 *
 * <p>Jetty hands the stream's bytes to the WebSocket on the thread that reads the connection. That thread must not run an application: all other streams of the connection would wait, and the
 * window updates that its own messages need. So another thread takes them.
 */
final class WebSocketStream extends Request.Wrapper implements TunnelSupport {
    private static final String PROTOCOL = "websocket";

    private final TunnelSupport tunnel;
    private final WebSocketReader reader;

    private WebSocketStream(Request request, TunnelSupport tunnel) {
        super(request);
        this.tunnel = tunnel;
        WebSocketReader made = WebSocketReader.ofStream(
                tunnel.getEndPoint(),
                request.getConnectionMetaData().getConnector().getExecutor());
        this.reader = made;
        addHttpStreamWrapper(stream -> new Opening(stream, request, tunnel.getEndPoint(), made));
        if (tunnel.getEndPoint().getTransport() instanceof Stream stream) {
            stream.setAttribute(SocketReader.ATTRIBUTE, made);
        }
        setAttribute(SocketReader.ATTRIBUTE, reader);
    }

    static boolean isRequestedBy(Request request) {
        TunnelSupport tunnel = request.getTunnelSupport();
        return tunnel != null && HttpMethod.CONNECT.is(request.getMethod()) && PROTOCOL.equals(tunnel.getProtocol());
    }

    /** Ends a stream of any kind; one with a WebSocket, not while it is being read. */
    static void end(Stream stream, Runnable how) {
        if (stream.getAttribute(SocketReader.ATTRIBUTE) instanceof WebSocketReader reader) {
            reader.end(how);
        } else {
            how.run();
        }
    }

    /** Returns the request itself if it asks for something else. */
    static Request of(Request request) {
        return isRequestedBy(request) ? new WebSocketStream(request, request.getTunnelSupport()) : request;
    }

    /** Whether a connection of HTTP/2 carries an open WebSocket. */
    static boolean isOpenOn(Connection connection) {
        return connection instanceof HTTP2Connection http2
                && http2.getSession().getStreams().stream()
                        .anyMatch(stream -> stream instanceof Attachable attachable
                                && attachable.getAttachment() instanceof EndPoint endPoint
                                && endPoint.isOpen());
    }

    @Override
    public TunnelSupport getTunnelSupport() {
        return this;
    }

    @Override
    public String getProtocol() {
        return tunnel.getProtocol();
    }

    @Override
    public EndPoint getEndPoint() {
        return reader.endPoint();
    }

    /** What Jetty leaves undone at the end of the request, with which the WebSocket begins, and at the WebSocket's own end. */
    private static final class Opening extends HttpStream.Wrapper implements Connection.Listener {
        private final Request request;
        private final EndPoint endPoint;
        private final WebSocketReader reader;

        Opening(HttpStream stream, Request request, EndPoint endPoint, WebSocketReader reader) {
            super(stream);
            this.request = request;
            this.endPoint = endPoint;
            this.reader = reader;
        }

        @Override
        public void succeeded() {
            Optional<Connection> made = made();
            super.succeeded();
            made.ifPresent(this::closeIfReset);
        }

        @Override
        public void failed(Throwable failure) {
            Optional<Connection> made = made();
            super.failed(failure);
            made.ifPresent(this::closeIfReset);
        }

        /** To be called before the end of the request, after which its attributes are lost. */
        private Optional<Connection> made() {
            Object made = request.getAttribute(HttpStream.UPGRADE_CONNECTION_ATTRIBUTE);
            if (made instanceof Connection connection) {
                connection.addEventListener(this);
                return Optional.of(connection);
            }
            return Optional.empty();
        }

        /**
         * If the client has reset the stream since the answer was written, Jetty does not open the WebSocket, or does not close it. Where it is closed while Jetty opens it, Jetty may lose the close;
         * then the time for the opening, or the pings, end it.
         */
        private void closeIfReset(Connection made) {
            boolean isOpened = endPoint.getConnection() != null;
            if (!isOpened) {
                endPoint.upgrade(made);
            }
            // Asked after the end point has taken the stream over: it is told of a reset that comes from now on.
            if (!isOpened || (endPoint.getTransport() instanceof HTTP2Stream stream && stream.isClosed())) {
                reader.endPoint().close(new EofException("the client has reset the stream"));
            }
        }

        /** Jetty would keep the stream, and the connection open, unless the client has ended its side before. */
        @Override
        public void onClosed(Connection connection) {
            if (endPoint.getTransport() instanceof HTTP2Stream stream) {
                stream.getSession().removeStream(stream);
            }
        }
    }
}

package io.gangway.servlet.websocket;

import io.gangway.exchange.WebSocketMessage;
import jakarta.websocket.CloseReason;
import jakarta.websocket.CloseReason.CloseCode;
import jakarta.websocket.CloseReason.CloseCodes;
import jakarta.websocket.Endpoint;
import jakarta.websocket.EndpointConfig;
import jakarta.websocket.MessageHandler;
import jakarta.websocket.PongMessage;
import jakarta.websocket.RemoteEndpoint;
import jakarta.websocket.SendResult;
import jakarta.websocket.Session;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * A connection as {@code jakarta.websocket} shows it: the same code for all containers.
 *
 * <p>Messages come in parts, so that no container allocates the largest message for each connection. What our own code throws is caught: containers make codes of their own of it.
 */
final class SocketEndpoint extends Endpoint {
    /** How long Tomcat may block in a ping or a close; by default it is 20 seconds. Its own name for a session's property. */
    private static final String TOMCATS_BLOCKING_TIMEOUT = "org.apache.tomcat.websocket.BLOCKING_SEND_TIMEOUT";

    private static final long BLOCKING_MILLIS = 1_000;

    /** How long it may block in a close with another code than 1000; by default it is 50 ms, one client after the other. */
    private static final String TOMCATS_CLOSE_TIMEOUT =
            "org.apache.tomcat.websocket.ABNORMAL_SESSION_CLOSE_SEND_TIMEOUT";

    /**
     * Bytes, and chars, that Tomcat collects before it gives a part: it keeps an array of each kind for every connection, by default of 8,192. Its limit, too, but only for whole
     * messages, which we never ask for.
     */
    private static final int TOMCATS_PART = 512;

    private final ServletWebSocket socket;
    private final boolean isTomcat;

    SocketEndpoint(ServletWebSocket socket, boolean isTomcat) {
        this.socket = socket;
        this.isTomcat = isTomcat;
    }

    @Override
    public void onOpen(Session session, EndpointConfig config) {
        session.setMaxIdleTimeout(0); // pings find clients that are gone
        if (isTomcat) { // in Jetty they are limits, for parts too
            session.getUserProperties().put(TOMCATS_BLOCKING_TIMEOUT, BLOCKING_MILLIS);
            session.setMaxBinaryMessageBufferSize(TOMCATS_PART); // from the next message on
            session.setMaxTextMessageBufferSize(TOMCATS_PART);
        }
        session.addMessageHandler(String.class, (MessageHandler.Partial<String>)
                (part, isLast) -> guarded(() -> socket.text(part, isLast)));
        session.addMessageHandler(ByteBuffer.class, (MessageHandler.Partial<ByteBuffer>)
                (part, isLast) -> guarded(() -> socket.bytes(part, isLast)));
        session.addMessageHandler(
                PongMessage.class, (MessageHandler.Whole<PongMessage>) pong -> guarded(socket::ponged));
        guarded(() -> socket.opened(new Open(session)));
    }

    private void guarded(Runnable action) {
        try {
            action.run();
        } catch (RuntimeException | Error e) {
            socket.failed(e);
        }
    }

    @Override
    public void onClose(Session session, CloseReason reason) {
        guarded(() -> socket.closed(
                reason.getCloseCode().getCode(),
                Optional.ofNullable(reason.getReasonPhrase()).orElse("")));
    }

    /** A close follows, with the code. */
    @Override
    public void onError(Session session, Throwable problem) {
        socket.troubled(problem);
    }

    /** The connection, for the application's side. */
    private final class Open implements ServletWebSocket.Connection {
        private final Session session;
        private final RemoteEndpoint.Async remote;

        Open(Session session) {
            this.session = session;
            this.remote = session.getAsyncRemote();
        }

        @Override
        public void send(WebSocketMessage message) {
            try {
                if (message instanceof WebSocketMessage.Text text) {
                    remote.sendText(text.text(), this::sent);
                } else if (message instanceof WebSocketMessage.Binary binary) {
                    remote.sendBinary(ByteBuffer.wrap(binary.data()), this::sent);
                }
            } catch (RuntimeException e) { // usually an IllegalStateException: it is closed
                socket.sent(e);
            }
        }

        private void sent(SendResult result) {
            guarded(() -> socket.sent(result.isOK() ? null : failure(result)));
        }

        private static Throwable failure(SendResult result) {
            return Optional.ofNullable(result.getException()).orElseGet(() -> new IOException("not sent"));
        }

        @Override
        public void close(int code, String reason) {
            close(new CloseReason(codeOf(code), reason));
        }

        private void close(CloseReason reason) {
            try {
                // With no idle timeout: Jetty counts it from the last byte, and would close a silent connection before
                // the client has the code.
                session.close(reason);
            } catch (IOException | RuntimeException e) {
                socket.giveUp();
            }
        }

        @Override
        public boolean ping(ByteBuffer payload) {
            try {
                remote.sendPing(payload);
                return true;
            } catch (IOException | RuntimeException e) {
                return false;
            }
        }

        @Override
        public void abort() {
            try {
                // What the client does not take any more is not waited for.
                session.setMaxIdleTimeout(1);
                if (isTomcat) {
                    session.getUserProperties().put(TOMCATS_BLOCKING_TIMEOUT, 1L);
                    session.getUserProperties().put(TOMCATS_CLOSE_TIMEOUT, 1L);
                }
                session.close(new CloseReason(CloseCodes.GOING_AWAY, ""));
            } catch (IOException | RuntimeException e) {
                // it is closed already
            }
        }
    }

    private static CloseCode codeOf(int code) {
        return CloseCodes.getCloseCode(code);
    }
}

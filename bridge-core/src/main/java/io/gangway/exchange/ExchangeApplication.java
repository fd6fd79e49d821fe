package io.gangway.exchange;

import java.util.Optional;

/**
 * What answers exchanges: the form that all kinds of applications have for a server. A WSGI function in Java becomes one by
 * {@link io.gangway.server.WsgiFunction}.
 *
 * <p>Thread-safe.
 */
public interface ExchangeApplication {
    /**
     * Answers an exchange. It may return before the exchange has ended; then it goes on with it later, on any thread, but never on two at
     * once.
     *
     * @param exchange to be ended exactly once, by {@link Exchange#end} or {@link Exchange#fail}, also after a failure
     */
    void serve(Exchange exchange);

    /**
     * Whether the exchange has ended when {@link #serve} returns, and whether the application may wait for its client on the caller's thread.
     * A server gives such an application a wire that waits, and any other one a wire that does not, if it can.
     *
     * @return the same value on each call
     */
    boolean isBlocking();

    /**
     * Whether it reads each body before it does anything else. If not, a client that waits for {@code 100 Continue} must not get it before the first read
     * (W44), and a server whose container sends it early gives a wire that waits.
     *
     * @return the same value on each call
     */
    default boolean isBodyReadFirst() {
        return false;
    }

    /**
     * What serves the WebSockets of this application. Without it, a WebSocket's handshake is a request like any other.
     *
     * @return empty if it serves none; it may be asked for each handshake
     */
    default Optional<WebSocketApplication> webSockets() {
        return Optional.empty();
    }
}

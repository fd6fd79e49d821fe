package io.gangway.exchange;

/**
 * What serves WebSockets (RFC 6455), beside the {@link ExchangeApplication} that answers all other requests of the deployment.
 *
 * <p>Thread-safe.
 */
@FunctionalInterface
public interface WebSocketApplication {
    /**
     * Serves one WebSocket, from the client's request on. It returns soon, and goes on with the exchange later, on any thread, but never on two at once.
     *
     * @param exchange to be accepted or denied, and ended exactly once, by {@link WebSocketExchange#end} or {@link WebSocketExchange#fail}, also
     *     after the client has left
     */
    void serve(WebSocketExchange exchange);

    /**
     * Whether what an event calls may wait, or run for long, as an application's own code in Java does. Otherwise a server may call it on a thread that waits for all connections.
     *
     * @return the same value on each call
     */
    default boolean isBlocking() {
        return true;
    }
}

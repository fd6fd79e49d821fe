package io.gangway.asgi;

import java.util.concurrent.CompletionStage;

/**
 * Gives an application the events of one connection, one for each call (A10, A11, A33).
 *
 * <p>Nothing is read from the client before the application asks. Thread-safe; several waiting calls are answered in their order.
 */
@FunctionalInterface
public interface Receive {
    /**
     * Asks for the next event.
     *
     * @return completes with the event when there is one, and never by an event of the application's own; after the connection's end with a disconnect, again and again. It fails
     *     with an {@link java.io.IOException} if the request's body is lost for a reason that is not the client's
     */
    CompletionStage<AsgiEvent.Received> receive();
}

package io.gangway.asgi;

import java.util.concurrent.CompletionStage;
import java.util.function.Function;

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

    /**
     * Handles the events, one after the other, until the last: the end of a request's body, a disconnect, or the shutdown. The next event is asked for when the handler's stage is
     * complete.
     *
     * <p>This is for conversations of any length. A method that calls itself in {@code thenCompose} keeps a little memory for each event until the connection ends.
     *
     * @param handler gets each event, the last one too. Called by the thread that brings the event
     * @return completes when the last event is handled; fails if an event or a handler's stage fails, or if the handler throws
     */
    default CompletionStage<Void> forEach(Function<? super AsgiEvent.Received, ? extends CompletionStage<?>> handler) {
        return new EachEvent(this, handler).start();
    }
}

package io.gangway.asgi;

import java.util.concurrent.CompletionStage;

/**
 * Takes the events of an application for one connection (A12, A13, A15).
 *
 * <p>Thread-safe. Events are taken in the order of the calls, also if the application does not wait for one before it sends the next; but then they are kept in memory without a limit.
 */
@FunctionalInterface
public interface Send {
    /**
     * Sends an event.
     *
     * @param event its arrays must not be changed any more
     * @return completes when the client, or a buffer of limited size, has taken it. It fails with a {@link io.gangway.wsgi.ClientException} if the client left (A13), and with
     *     an {@link io.gangway.wsgi.ApplicationViolation} if the event is out of place or cannot be sent (A15)
     */
    CompletionStage<Void> send(AsgiEvent.Sent event);
}

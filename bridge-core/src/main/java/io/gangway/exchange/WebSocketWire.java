package io.gangway.exchange;

import io.gangway.wsgi.ClientException;
import io.gangway.wsgi.Header;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The client's side of one WebSocket: the part of a server that differs from container to container.
 *
 * <p>No method waits. {@link WebSocketExchange} has checked everything that it hands to a wire. Its methods are called by one thread at a time; events come from any
 * thread, under no lock, also within a call.
 */
public interface WebSocketWire {
    /** What happens on the client's side. */
    interface Events {
        /** After a {@link #receive} that gave null: another one gives a message. */
        void readable();

        /** After a {@link #send} that returned false: there is room again. */
        void writable();

        /**
         * The WebSocket is closed, or will never be opened. Once, unless it is denied; {@link #receive} still gives what came before.
         *
         * @param code as in {@link WebSocketListener#closed}
         * @param reason as there
         */
        void closed(int code, String reason);

        /**
         * The application has not answered the handshake for as long as a server waits. If it still has not, {@link WebSocketWire#deny} is called within this call, with an answer in the
         * application's place; {@link #closed} is to follow.
         *
         * @param waited how long that was
         * @return whether it had not answered
         */
        boolean unanswered(Duration waited);

        /**
         * The server stops, and does not wait any longer for the answer to the handshake. As {@link #unanswered}.
         *
         * @return whether the application had not answered
         */
        boolean stopped();
    }

    /**
     * Begins to report events. Called once, before any other method.
     *
     * @param events called from now on
     */
    void attach(Events events);

    /**
     * Answers the handshake: the WebSocket is open. Messages may be sent from now on; the wire keeps them until the connection is there.
     *
     * @param subprotocol one of those that the client offered, or null
     * @param headers checked; for the response to the handshake
     */
    void accept(@Nullable String subprotocol, List<Header> headers);

    /**
     * Answers the handshake with an ordinary HTTP response. Nothing else is called afterwards, and no event follows, except after {@link Events#unanswered} and {@link Events#stopped}.
     *
     * @param response gets the wire for the response, at once or later, on the thread that may use it
     */
    void deny(Consumer<? super Wire> response);

    /**
     * Takes the next message of the client. Messages are kept up to a limit; beyond it, the client is held up (A36).
     *
     * @return a message; null if none is here now: {@link Events#readable} or {@link Events#closed} follows
     */
    @Nullable
    WebSocketMessage receive();

    /**
     * Sends a message. Not called while {@link Events#writable} is awaited.
     *
     * @param message not changed by anybody any more
     * @return true if there is room for another one; false if {@link Events#writable} is to be awaited
     * @throws ClientException if the client left
     */
    boolean send(WebSocketMessage message) throws ClientException;

    /**
     * Closes the WebSocket after what has been sent; {@link Events#closed} follows, also if the client does not answer. No message is sent afterwards.
     *
     * @param code one that an endpoint may send
     * @param reason at most 123 bytes in UTF-8
     */
    void close(int code, String reason);
}

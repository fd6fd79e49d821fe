package io.gangway.exchange;

import io.gangway.exchange.Outcome.Ending;
import io.gangway.wsgi.ClientException;
import io.gangway.wsgi.Header;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * The client's side of one exchange: where a request's body comes from, and where the response goes. It is the part of a server that differs
 * from container to container.
 *
 * <p>A wire <i>waits</i> if {@link #read} and {@link #write} return when they are done; it can be used by one thread only. Any other wire
 * never waits: it says that it cannot go on, and calls an event when it can. {@link Exchange} has counted and checked everything that it
 * hands to a wire. Its methods are called by one thread at a time; events come from any thread, under no lock.
 */
public interface Wire {
    /** What happens on the client's side. */
    interface Events {
        /** After a {@link #read} that gave 0: another one may give more. */
        void readable();

        /** After a {@link #write} that returned false: there is room again, and the array is free. */
        void writable();

        /** The client has closed its side of the connection, and may still read. At most once, and only if {@link #isClosingWanted}. */
        default void closing() {}

        /**
         * Whether {@link #closing} has an effect: to find out costs a look at all connections of the machine.
         *
         * @return whether somebody wants to know
         */
        default boolean isClosingWanted() {
            return false;
        }

        /**
         * The client left, or the container ended the request. At most once, and not after {@link #end} has had its effect.
         *
         * @param how what happened
         */
        void left(ClientException how);

        /**
         * All of the response has been handed to the container, or nothing more can be. Once, after {@link #end}, and perhaps within it.
         */
        void ended();
    }

    /**
     * Begins to report events. Called once, before any other method.
     *
     * @param events called from now on
     */
    void attach(Events events);

    /**
     * Whether a {@link #read} on this thread waits for the client.
     *
     * @return false if it returns 0 instead
     */
    default boolean isReadBlocking() {
        return false;
    }

    /**
     * Reads some of the request's body. The container is not asked for it before the first call, which sends {@code 100 Continue} (W44).
     *
     * @param target gets the bytes
     * @param offset of the first one
     * @param length max number; above 0
     * @return how many bytes came; -1 at the end, again and again (W41); 0 if none are here now: {@link Events#readable} follows once
     * @throws ClientException if the client stopped in the middle of its body (W43)
     * @throws IOException if the body is lost for another reason (W46)
     */
    int read(byte[] target, int offset, int length) throws IOException;

    /**
     * Tells that nothing reads the request's body any more. Before {@link #head}, or not at all; it may come twice. A server that closes the connection because the rest of the
     * body has not arrived can say so in the head (RFC 9112, section 9.6).
     */
    default void inputIsDone() {}

    /**
     * Takes status and headers, which are final; they may stay in a buffer until the first write or the end. Called once, before any write.
     *
     * @param head checked, with the body's length where it is known
     * @throws ClientException if the client left
     * @throws HeadTooLargeException if the head is larger than the server's limit; nothing was sent, and another head may be given
     */
    void head(ResponseHead head) throws ClientException;

    /**
     * Takes bytes of the body. Not called while {@link Events#writable} is awaited.
     *
     * @param data the array
     * @param offset of the first byte
     * @param length how many; none only to flush the head
     * @param flush whether the bytes must reach the client now, because the next bytes may come much later (W61)
     * @return true if the array is free again; false if it must stay as it is until {@link Events#writable}
     * @throws ClientException if the client left
     */
    boolean write(byte[] data, int offset, int length, boolean flush) throws ClientException;

    /**
     * Whether {@link #write(ByteBuffer, boolean)} may be called, and saves a copy.
     *
     * @return false unless the wire says otherwise
     */
    default boolean isDirectTaken() {
        return false;
    }

    /**
     * Takes bytes of the body from a direct buffer, as {@link #write(byte[], int, int, boolean)}.
     *
     * @param data all of it, from its position to its limit. Whoever took the bytes has moved the position to the limit when the buffer is free; a position before that says that
     *     something may still hold the buffer, although no more can be written from it
     * @param flush whether the bytes must reach the client now
     * @return true if the buffer is free again; false if it must stay as it is until {@link Events#writable}
     * @throws ClientException if the client left
     */
    default boolean write(ByteBuffer data, boolean flush) throws ClientException {
        throw new UnsupportedOperationException("this wire takes arrays");
    }

    /**
     * Takes the trailers, which the end sends. Only after a head that {@linkplain ResponseHead#hasTrailers announces} them and all of the body, once; a wire whose protocol has none
     * ignores them.
     *
     * @param trailers checked
     */
    default void trailers(List<Header> trailers) {}

    /**
     * Ends the exchange after what has been written; {@link Events#ended} follows. Nothing else is called afterwards.
     *
     * @param ending complete, replaced: a normal end. Broken: the client must see that the response is incomplete (W68). Client left:
     *     nothing more is sent
     */
    void end(Ending ending);
}

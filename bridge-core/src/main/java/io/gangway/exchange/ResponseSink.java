package io.gangway.exchange;

import io.gangway.wsgi.ClientException;
import io.gangway.wsgi.Header;
import java.util.List;

/**
 * The destination of a response on a {@link BlockingWire}.
 *
 * <p>{@link #commit} is called at most once and before any {@link #write}; {@link Exchange} has counted and checked everything by then. All calls come from
 * the wire's thread, except {@link #check} and {@link #trailers}.
 */
public interface ResponseSink {
    /**
     * Tells that the application reads the request's body no more: it has returned a complete response, or failed. Comes before {@link
     * #commit}, or not at all; it may come twice. A server that closes the connection because the rest of the body has not arrived can say
     * so in the head (RFC 9112, section 9.6).
     */
    default void inputIsDone() {
        // for servers whose connections do not depend on it
    }

    /**
     * Takes status and headers, which are final; they may stay in a buffer until the first write.
     *
     * @param head checked, with the body's length where it is known
     * @throws ClientException if the client left
     * @throws HeadTooLargeException if the head is larger than the server's limit; nothing was sent, and another head may be committed
     */
    void commit(ResponseHead head) throws ClientException;

    /**
     * Checks a head against the server's limits before it is committed. Any thread may call it.
     *
     * @param head as for {@link #commit}
     * @throws HeadTooLargeException if it is larger than the server's limit
     */
    default void check(ResponseHead head) {}

    /**
     * Sends bytes of the body.
     *
     * @param data the array; the sink does not keep it
     * @param offset the first byte
     * @param length how many; none only to flush the head
     * @param flush whether the bytes must reach the client now, because the next bytes may come much later (W61)
     * @throws ClientException if the client left
     */
    void write(byte[] data, int offset, int length, boolean flush) throws ClientException;

    /**
     * Takes the trailers, which the end of the response sends. Only after a head that announces them, once; any thread may call it. A destination that has no trailers ignores
     * them.
     *
     * @param trailers checked
     */
    default void trailers(List<Header> trailers) {}
}

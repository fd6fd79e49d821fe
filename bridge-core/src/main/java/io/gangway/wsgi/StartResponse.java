package io.gangway.wsgi;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Starts a response: the application calls it once, with status and headers, before its first non-empty block (W02).
 *
 * <p>The call itself sends nothing: status and headers are held until the first non-empty block, the first
 * non-empty {@link Write#write} or the end of the body (W57), and may be replaced until then by a call with
 * {@code excInfo} (W55).
 *
 * @see <a href="https://peps.python.org/pep-3333/#the-start-response-callable">PEP 3333, the start_response callable</a>
 */
@FunctionalInterface
public interface StartResponse {
    /**
     * Sets, or with {@code excInfo} replaces, status and headers.
     *
     * @param status three digits, a space and a reason, such as {@code 404 Not Found} (W50); servers also accept a status
     *     without a reason
     * @param headers names are RFC 9110 tokens; values are ISO-8859-1 text without control characters (W51); hop-by-hop
     *     headers are dropped by the server (W52). The list is copied
     * @param excInfo null on the first call; on a later one, the error because of which the response is replaced. If the
     *     headers have been sent already, this same throwable is thrown, checked or not (W56)
     * @return a way to write body bytes before the iterable's blocks, for code that cannot be turned into an iterable
     *     (W53)
     * @throws RuleViolation if an argument breaks its rule, or on a second call without {@code excInfo} (W54), even if
     *     the first call failed
     */
    Write start(String status, List<Header> headers, @Nullable Throwable excInfo);

    /**
     * Sets status and headers: {@code start(status, headers, null)}.
     *
     * @param status as above
     * @param headers as above
     * @return as above
     * @throws RuleViolation as above
     */
    default Write start(String status, List<Header> headers) {
        return start(status, headers, null);
    }

    /** Writes body bytes immediately, for code that cannot return an iterable. New applications should return an iterable. */
    @FunctionalInterface
    interface Write {
        /**
         * Sends a block; returns when the container has taken it.
         *
         * @param data any number of bytes; an empty block does nothing
         * @throws ClientException if the client left
         * @throws RuleViolation if the declared Content-Length is exceeded (the bytes that fit were sent, W63), or after
         *     the response ended
         * @throws IOException if the bytes could not be sent for another reason
         */
        void write(byte[] data) throws IOException;
    }
}

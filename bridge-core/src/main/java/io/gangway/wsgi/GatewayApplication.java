package io.gangway.wsgi;

/**
 * A web application as one function: called once for each request, it names status and headers through
 * {@code startResponse} and returns the body as blocks of bytes.
 *
 * <pre>{@code
 * GatewayApplication hello = (environ, startResponse) -> {
 *     startResponse.start("200 OK", List.of(new Header("Content-Type", "text/plain; charset=utf-8")));
 *     return List.of("Hello\n".getBytes(UTF_8));
 * };
 * }</pre>
 *
 * <p><b>Threading.</b> One object serves all requests. It is called from many threads at once if
 * {@code environ.get("wsgi.multithread")} is true, which it is in every servlet container; the environ, the body and
 * {@code startResponse} belong to one request and one thread.
 *
 * <p><b>The body.</b> {@code startResponse} must have been called by the time the first non-empty block is asked for; it
 * may be called as late as in the iterator's first step (W02). Empty blocks are allowed, null blocks are an error (W60).
 * Each block reaches the client before the next is asked for, so a slow iterator streams (W61). If the iterable is also
 * {@link AutoCloseable}, it is closed exactly once, on the thread that iterated: after success, after an error of the
 * application or of the server, and after the client left (W65).
 *
 * <p><b>Errors.</b> An exception before the first byte was sent becomes a 500. After that, the server breaks the connection
 * off, so that the client can detect the truncation (W68).
 *
 * @see <a href="https://peps.python.org/pep-3333/#the-application-framework-side">PEP 3333, the application side</a>
 */
@FunctionalInterface
public interface GatewayApplication {
    /**
     * Answers one request.
     *
     * @param environ the request; the application may change it (W01)
     * @param startResponse takes status and headers; to be called once
     * @return the body's blocks, in order; never null. May also be {@link AutoCloseable}
     * @throws Exception any exception; the server answers as described above and logs the exception once
     */
    Iterable<byte[]> call(Environ environ, StartResponse startResponse) throws Exception;
}

package io.gangway.exchange;

/**
 * Sees what an application gives to one exchange, before the exchange's own rules change or refuse it: for checks.
 *
 * <p>Whatever a method throws reaches the application, as if the exchange had refused the call. The server's own answers and error pages are
 * not seen. Used by one thread at a time.
 */
public interface ExchangeWatch {
    /**
     * Status and headers. One that the server cannot repair is refused, and not seen here.
     *
     * @param head what the application gave; {@link ResponseHead#repaired} has what is wrong with it
     */
    default void head(ResponseHead head) {}

    /**
     * Bytes of the body.
     *
     * @param length how many; at least one
     */
    default void data(int length) {}

    /**
     * A file as the rest of the body.
     *
     * @param remaining how many bytes it has; {@link ResponseHead#UNKNOWN_LENGTH} if that is not known
     */
    default void file(long remaining) {}

    /** The application's whole response has been given. Not called after a failure. */
    default void end() {}
}

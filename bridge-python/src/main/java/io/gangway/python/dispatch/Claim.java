package io.gangway.python.dispatch;

/** A request that wants a connection. It gets one answer, on any thread; its methods must not block. */
public interface Claim {
    /**
     * The request gets a connection, for one exchange.
     *
     * @param connection idle; may turn out to be broken
     */
    void granted(WorkerConnection connection);

    /**
     * The request gets no connection.
     *
     * @param why too many requests wait already, the wait was too long, or the application is being stopped
     */
    void refused(RefusedException why);

    /**
     * The request got a connection, but its exchange could not be begun.
     *
     * @param problem what {@link #granted} threw
     */
    void failed(Throwable problem);
}

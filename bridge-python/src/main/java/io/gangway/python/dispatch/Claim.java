package io.gangway.python.dispatch;

/** A request that wants a connection; told once how it fares, by any thread, which it must not keep waiting. */
public interface Claim {
    /**
     * It gets one, for one exchange.
     *
     * @param connection idle; may turn out to be broken
     */
    void granted(WorkerConnection connection);

    /**
     * It gets none.
     *
     * @param why too many wait already, the wait was too long, or the application is being stopped
     */
    void refused(RefusedException why);

    /**
     * It was granted, but its exchange could not be begun.
     *
     * @param problem what {@link #granted} threw
     */
    void failed(Throwable problem);
}

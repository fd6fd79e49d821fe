package io.gangway.python.dispatch;

/** No worker takes the request now; the client may try again later. */
public final class RefusedException extends Exception {
    private static final long serialVersionUID = 1L;

    /**
     * Says why.
     *
     * @param message for the log
     */
    public RefusedException(String message) {
        super(message);
    }
}

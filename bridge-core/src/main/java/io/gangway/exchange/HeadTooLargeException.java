package io.gangway.exchange;

/** A response's status and headers are larger than the server's limit; nothing has been sent. The application's fault. */
public final class HeadTooLargeException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes the exception.
     *
     * @param message the size, the limit, and the setting
     */
    public HeadTooLargeException(String message) {
        super(message, null, true, false); // its trace would lead through Gangway only
    }
}

package io.gangway.server;

/** A response's status and headers are more than the server sends; nothing has been sent. The application's fault. */
public final class HeadTooLargeException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * Says what is too large, and what to do.
     *
     * @param message the size, the limit, and the setting
     */
    public HeadTooLargeException(String message) {
        super(message);
    }
}

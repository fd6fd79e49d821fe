package io.gangway.cli.war;

/** The WAR could not be built; the message says what happened, where, and what to do. No half file is left. */
public final class WarException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes one.
     *
     * @param message for the user
     */
    public WarException(String message) {
        super(message);
    }

    WarException(String message, Throwable cause) {
        super(message, cause);
    }
}

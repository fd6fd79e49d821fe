package io.gangway.deploy;

/**
 * A deployment that cannot be started, or that did not stop cleanly: the message alone says what was wrong, where, and what
 * to do.
 *
 * <p>There is a cause exactly where its trace helps, such as an exception of the application's own constructor. The
 * exception's own stack trace is empty, since it would only lead through Gangway: printed, it is its message, and the
 * cause if there is one. Whatever came from outside is quoted, so the message can be logged as it is; it may have several
 * lines.
 */
public final class DeploymentException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * Describes a problem that needs no trace to be understood.
     *
     * @param message what was wrong, where, and what to do
     */
    public DeploymentException(String message) {
        super(message, null, false, false);
    }

    /**
     * Describes a problem whose cause has a trace that helps.
     *
     * @param message what was wrong, where, and what to do
     * @param cause what the application or the loader threw
     */
    public DeploymentException(String message, Throwable cause) {
        super(message, cause, true, false);
    }

    /**
     * Whether the cause's trace helps; if not, the message is all there is to log.
     *
     * @return whether there is a cause
     */
    public boolean isTraceHelpful() {
        return getCause() != null;
    }
}

package io.gangway.deploy;

/**
 * A deployment cannot be started, or did not stop cleanly. The message says what was wrong, where, and what to do.
 *
 * <p>It has a cause only if the cause's stack trace helps, for example an exception of the application's constructor. The
 * exception's own stack trace is empty, because it would only show Gangway's classes: if it is printed, it shows its message, and
 * the cause if there is one. Values from outside are quoted, so the message can be logged as it is; it may have several lines.
 */
public final class DeploymentException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What a deployment failed because of, as far as a caller can act on it. */
    public enum Reason {
        /** A setting has a wrong value. */
        SETTING,
        /** There is no application of the name, or the object that it names is no application. */
        NO_SUCH_APPLICATION,
        /** Another reason, for example an exception of the application. */
        OTHER
    }

    private final Reason reason;

    /**
     * Makes an exception for a problem that its message explains completely.
     *
     * @param message what was wrong, where, and what to do
     */
    public DeploymentException(String message) {
        this(message, Reason.OTHER);
    }

    private DeploymentException(String message, Reason reason) {
        super(message, null, false, false);
        this.reason = reason;
    }

    /**
     * Makes an exception for a setting with a wrong value.
     *
     * @param message what was wrong, where, and what to do
     * @return the exception
     */
    public static DeploymentException ofSetting(String message) {
        return new DeploymentException(message, Reason.SETTING);
    }

    /**
     * Makes an exception for a name that names no application.
     *
     * @param message what was wrong, where, and what to do
     * @return the exception
     */
    public static DeploymentException noSuchApplication(String message) {
        return new DeploymentException(message, Reason.NO_SUCH_APPLICATION);
    }

    /**
     * Makes an exception for a problem whose cause has a helpful stack trace.
     *
     * @param message what was wrong, where, and what to do
     * @param cause the exception of the application or the loader
     */
    public DeploymentException(String message, Throwable cause) {
        super(message, cause, true, false);
        this.reason = Reason.OTHER;
    }

    /**
     * Whether the cause's stack trace should be logged too; if not, the message is enough.
     *
     * @return whether there is a cause
     */
    public boolean isTraceHelpful() {
        return getCause() != null;
    }

    /**
     * What the deployment failed because of.
     *
     * @return the reason
     */
    public Reason reason() {
        return reason;
    }
}

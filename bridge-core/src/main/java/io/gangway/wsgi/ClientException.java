package io.gangway.wsgi;

import java.io.IOException;

/**
 * The client's fault: it left, stopped in the middle of its body, or sent a body that breaks its own framing.
 *
 * <p>Thrown by reads of {@link Environ#input()} (W43) and by {@link StartResponse.Write#write}. An application need not
 * catch it: the server stops the iteration, closes the body, logs at debug level and, where nothing was sent yet, tries to
 * answer 400.
 */
public final class ClientException extends IOException {
    private static final long serialVersionUID = 1L;

    /**
     * Says what the client did.
     *
     * @param message what happened, without anything that the client sent
     * @param cause the container's own exception
     */
    public ClientException(String message, Throwable cause) {
        super(message, cause);
    }

    /**
     * Tells whether a client's fault is what lies behind an exception.
     *
     * @param problem any throwable
     * @return whether it or one of its causes is a {@code ClientException}
     */
    public static boolean isBehind(Throwable problem) {
        Throwable cause = problem;
        // A chain of causes may be a circle; nobody needs more than this many links.
        for (int depth = 0; cause != null && depth < 32; depth++, cause = cause.getCause()) {
            if (cause instanceof ClientException) {
                return true;
            }
        }
        return false;
    }
}

package io.gangway.wsgi;

import java.io.IOException;
import java.util.Optional;

/**
 * The client's fault: it left, stopped in the middle of its body, or sent a body that breaks its own framing.
 *
 * <p>Thrown by reads of {@link Environ#input()} (W43) and by {@link StartResponse.Write#write}. An application need not
 * catch it: the server stops the iteration, closes the body, logs at debug level and, where nothing was sent yet, tries to
 * answer 400, or 413 if the body is larger than the server accepts.
 */
public final class ClientException extends IOException {
    private static final long serialVersionUID = 1L;

    private final String status;

    /**
     * Says what the client did.
     *
     * @param message what happened, without anything that the client sent
     * @param cause the container's own exception
     */
    public ClientException(String message, Throwable cause) {
        super(message, cause);
        this.status = "400 Bad Request";
    }

    private ClientException(String message, String status) {
        super(message);
        this.status = status;
    }

    /**
     * Makes the exception for a request body that is too large (RFC 9110, section 15.5.14).
     *
     * @param limit the maximum size of a body, in bytes
     * @return the exception, for the read that reaches the limit to throw
     */
    public static ClientException bodyTooLarge(long limit) {
        return new ClientException(
                "the request body is larger than the " + limit + " bytes that the server takes",
                "413 Content Too Large");
    }

    /**
     * Makes the exception for a client that sends its body, or takes its response, too slowly (RFC 9110, section 15.5.9).
     *
     * @param minRate the minimum, in bytes per second
     * @return the exception
     */
    public static ClientException tooSlow(long minRate) {
        return new ClientException(
                "the client was slower than the " + minRate + " bytes per second of gangway.min-data-rate",
                "408 Request Timeout");
    }

    /**
     * Makes the exception for a client that sent nothing more of its body for the server's idle timeout (RFC 9110, section 15.5.9).
     *
     * @param cause the container's own exception
     * @return the exception
     */
    public static ClientException idle(Throwable cause) {
        ClientException idle = new ClientException(
                "the client sent nothing more of its body for the server's idle timeout", "408 Request Timeout");
        idle.initCause(cause);
        return idle;
    }

    /**
     * The status that the server sends if no response was sent before.
     *
     * @return a status, for example {@code 400 Bad Request}
     */
    public String status() {
        return status;
    }

    /**
     * Tells whether the client caused an exception.
     *
     * @param problem any throwable
     * @return whether it or one of its causes is a {@code ClientException}
     */
    public static boolean isBehind(Throwable problem) {
        return behind(problem).isPresent();
    }

    /**
     * Finds the client's fault that caused an exception.
     *
     * @param problem any throwable
     * @return the throwable itself or the first of its causes that is a {@code ClientException}; empty if there is none
     */
    public static Optional<ClientException> behind(Throwable problem) {
        Throwable cause = problem;
        // A chain of causes may be circular; no useful one has more links than this.
        for (int depth = 0; cause != null && depth < 32; depth++, cause = cause.getCause()) {
            if (cause instanceof ClientException fault) {
                return Optional.of(fault);
            }
        }
        return Optional.empty();
    }
}

package io.gangway.wsgi;

import java.io.IOException;
import java.util.Optional;

/**
 * The client's fault: it left, stopped in the middle of its body, or sent a body that breaks its own framing.
 *
 * <p>Thrown by reads of {@link Environ#input()} (W43) and by {@link StartResponse.Write#write}. An application need not
 * catch it: the server stops the iteration, closes the body, logs at debug level and, where nothing was sent yet, tries to
 * answer 400, or 413 where the body is larger than the server takes.
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
     * Says that the client sends a larger body than it may (RFC 9110, section 15.5.14).
     *
     * @param limit the bytes that a body may have
     * @return to be thrown by the read that meets the limit
     */
    public static ClientException bodyTooLarge(long limit) {
        return new ClientException(
                "the request body is larger than the " + limit + " bytes that the server takes",
                "413 Content Too Large");
    }

    /**
     * What the server answers where nothing was sent yet.
     *
     * @return a status line, such as {@code 400 Bad Request}
     */
    public String status() {
        return status;
    }

    /**
     * Tells whether a client's fault is what lies behind an exception.
     *
     * @param problem any throwable
     * @return whether it or one of its causes is a {@code ClientException}
     */
    public static boolean isBehind(Throwable problem) {
        return behind(problem).isPresent();
    }

    /**
     * The client's fault that lies behind an exception.
     *
     * @param problem any throwable
     * @return it or the first of its causes that is a {@code ClientException}
     */
    public static Optional<ClientException> behind(Throwable problem) {
        Throwable cause = problem;
        // A chain of causes may be a circle; nobody needs more than this many links.
        for (int depth = 0; cause != null && depth < 32; depth++, cause = cause.getCause()) {
            if (cause instanceof ClientException fault) {
                return Optional.of(fault);
            }
        }
        return Optional.empty();
    }
}

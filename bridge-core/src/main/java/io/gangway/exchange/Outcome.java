package io.gangway.exchange;

import io.gangway.wsgi.ClientException;
import org.jspecify.annotations.Nullable;

/**
 * How an exchange ended: the server acts on it and logs it once.
 *
 * @param ending what the client has received
 * @param problem the first error, with later ones as its suppressed exceptions; null if there was none
 */
public record Outcome(Ending ending, @Nullable Throwable problem) {
    /** What the client has received. */
    public enum Ending {
        /** The application's whole response. If there was a problem, it did not affect what the client received. */
        COMPLETE,
        /** An error response in place of the application's: nothing had been sent before. */
        REPLACED,
        /** A part of the response: the server must break the connection off, and not end the response normally (W68). */
        BROKEN,
        /** Nothing more, because the client left. */
        CLIENT_LEFT
    }

    /**
     * Whether the client caused the problem, not the application or the server; such a problem is not logged as an error.
     *
     * @return whether a {@link ClientException} is behind the problem
     */
    public boolean isClientsFault() {
        return ending == Ending.CLIENT_LEFT || (problem != null && ClientException.isBehind(problem));
    }

    /** The same ending with a further problem. */
    Outcome with(Throwable later) {
        if (problem == null) {
            return new Outcome(ending, later);
        }
        suppress(later, problem);
        return this;
    }

    /** The same exception may be thrown again, and a throwable cannot suppress itself. */
    static void suppress(Throwable later, Throwable problem) {
        if (later != problem) {
            problem.addSuppressed(later);
        }
    }
}

package io.gangway.server;

import io.gangway.wsgi.ClientException;
import org.jspecify.annotations.Nullable;

/**
 * How an exchange ended, for the server to act on and to log once.
 *
 * @param ending what the client has got
 * @param problem what went wrong, with later problems as its suppressed ones; null if nothing did
 */
public record Outcome(Ending ending, @Nullable Throwable problem) {
    /** What the client has got. */
    public enum Ending {
        /** The application's whole response. A problem came after it, or took nothing from the client. */
        COMPLETE,
        /** An error response in the application's place: nothing had been sent yet. */
        REPLACED,
        /** A part of the response: the server must break the connection off, never end it cleanly (W68). */
        BROKEN,
        /** Nothing more, because it left; there is nobody to tell. */
        CLIENT_LEFT
    }

    /**
     * Whether the client, rather than the application or the server, is to blame; such problems are no errors in a log.
     *
     * @return whether a {@link ClientException} is behind the problem
     */
    public boolean isClientsFault() {
        return ending == Ending.CLIENT_LEFT || (problem != null && ClientException.isBehind(problem));
    }
}

package io.gangway.testing;

import io.gangway.exchange.Outcome;
import io.gangway.wsgi.ClientException;
import org.jspecify.annotations.Nullable;

/**
 * The application under test failed; the cause is its exception, or the rule that it broke.
 *
 * <p>Thrown in place of the 500 or the broken connection that a real client would get, so that a failing test shows the cause.
 * {@link TestClient#withErrorPages} turns it off.
 */
public final class ApplicationFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private ApplicationFailedException(String message, Throwable cause) {
        super(message, cause);
    }

    /** Throws if the application failed; a failure that the client caused is not thrown. */
    static void throwIfFailed(String request, Outcome outcome) {
        Throwable failure = failure(outcome.problem());
        if (failure != null) {
            String seen = switch (outcome.ending()) {
                case COMPLETE -> "the whole response";
                case REPLACED -> "a 500";
                case BROKEN -> "a broken connection";
                case CLIENT_LEFT -> "nothing more, because it left";
            };
            throw new ApplicationFailedException(
                    request + " made the application fail with " + failure + ". A client gets " + seen
                            + "; use TestClient.withErrorPages() to test for that",
                    failure);
        }
    }

    /** An exception because the client left is not a failure of the application; another exception after it is. */
    private static @Nullable Throwable failure(@Nullable Throwable problem) {
        if (problem == null || !ClientException.isBehind(problem)) {
            return problem;
        }
        for (Throwable later : problem.getSuppressed()) {
            if (!ClientException.isBehind(later)) {
                return later;
            }
        }
        return null;
    }
}

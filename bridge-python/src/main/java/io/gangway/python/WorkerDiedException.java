package io.gangway.python;

import java.io.IOException;

/**
 * A worker's answer that will never be complete: its process died, its connection broke, or the request took too long.
 *
 * <p>Thrown if part of the answer has been sent, so that the server breaks the connection off and the client sees that the answer is
 * not complete. The message can be logged as it is, and says everything: there is no stack trace, which would be that of the loop that found the worker dead.
 */
public final class WorkerDiedException extends IOException {
    private static final long serialVersionUID = 1L;

    WorkerDiedException(String message) {
        super(message);
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}

package io.gangway.python;

import io.gangway.exchange.LoggedException;

/**
 * A worker's answer that will never be complete: its process died, its connection broke, or the request took too long.
 *
 * <p>Thrown if part of the answer has been sent, so that the server breaks the connection off and the client sees that the answer is
 * not complete. The log has it already, at most once each second for each worker.
 */
public final class WorkerDiedException extends LoggedException {
    private static final long serialVersionUID = 1L;

    WorkerDiedException(String message) {
        super(message);
    }
}

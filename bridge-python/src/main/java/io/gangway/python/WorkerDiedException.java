package io.gangway.python;

import java.io.IOException;

/**
 * A worker's answer that will never be complete: its process died, its connection broke, or the request took too long.
 *
 * <p>Thrown where part of the answer is with the client already, which has to see that the rest is missing. The message can be
 * logged as it is.
 */
public final class WorkerDiedException extends IOException {
    private static final long serialVersionUID = 1L;

    WorkerDiedException(String message) {
        super(message);
    }
}

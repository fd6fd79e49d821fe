package io.gangway.python;

import io.gangway.python.dispatch.WorkerConnection;
import io.gangway.python.dispatch.WorkerEnd;
import io.gangway.python.protocol.ProtocolException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A worker that did not complete its answer.
 *
 * @param fault how the worker broke the protocol, if that is the reason
 */
record WorkerLoss(WorkerConnection connection, @Nullable ProtocolException fault) {

    /** Whether the launcher's report tells more. */
    boolean needsReport() {
        return !connection.isTimedOut() && fault == null;
    }

    /** The status for the client, if nothing of the answer has been sent. */
    String status() {
        return connection.isTimedOut() ? "504 Gateway Timeout" : "502 Bad Gateway";
    }

    /** What happened. */
    String inWords(Optional<WorkerEnd> report) {
        String worker = "worker " + connection.worker().pid();
        if (connection.isTimedOut()) {
            return worker
                    + " took longer than gangway.request-timeout, and is replaced; what it was doing is in the log, if it could tell";
        }
        if (fault != null) {
            return worker + " broke the protocol: " + fault.getMessage();
        }
        return worker
                + report.map(how -> " " + how.inWords()).orElse(" closed its connection in the middle of the answer");
    }
}

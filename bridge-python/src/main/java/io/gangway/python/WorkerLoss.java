package io.gangway.python;

import io.gangway.python.dispatch.LimitedLog;
import io.gangway.python.dispatch.WorkerConnection;
import io.gangway.python.dispatch.WorkerEnd;
import io.gangway.python.protocol.ProtocolException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A worker that did not complete its answer.
 *
 * @param fault how the worker broke the protocol, if that is the reason
 */
record WorkerLoss(WorkerConnection connection, @Nullable ProtocolException fault) {
    /** All exchanges of a worker that has died have ended by then. */
    private static final Duration SOON = Duration.ofSeconds(1);

    /** Whether the launcher's report tells more. */
    boolean needsReport() {
        return !connection.isTimedOut() && fault == null;
    }

    /** The status for the client, if nothing of the answer has been sent. */
    String status() {
        return connection.isTimedOut() ? "504 Gateway Timeout" : "502 Bad Gateway";
    }

    /** The status's code. */
    String code() {
        return status().substring(0, 3);
    }

    /** Logs what has become of the exchange; a worker's other exchanges are counted, if they are lost in the same second. On the loop. */
    void log(String entry) {
        LimitedLog losses = connection.worker().losses();
        if (losses.log(entry)) {
            long pid = connection.worker().pid();
            connection.schedule(
                    SOON,
                    () -> losses.logOthers(
                            others -> others + " more requests or WebSockets of worker " + pid + " were lost"));
        }
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

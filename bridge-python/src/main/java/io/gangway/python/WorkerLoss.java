package io.gangway.python;

import io.gangway.python.dispatch.WorkerConnection;
import io.gangway.python.dispatch.WorkerEnd;
import io.gangway.python.protocol.ProtocolException;
import io.gangway.wsgi.StartResponse;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A worker that did not complete its answer, and the response that the client gets instead. Its methods may wait up to two seconds for
 * the launcher's report on how the worker ended.
 *
 * @param fault how the worker broke the protocol, if that is the reason
 */
record WorkerLoss(
        WorkerConnection connection,
        WorkerRequest request,
        @Nullable ProtocolException fault) {
    private static final Logger LOG = System.getLogger("io.gangway.python");

    /** Answers in place of the worker, before anything of its answer has come. */
    List<byte[]> answer(StartResponse startResponse) {
        log(inWords());
        List<byte[]> body = WorkerApplication.body(request, status());
        startResponse.start(status(), WorkerApplication.headers(body));
        return body;
    }

    /**
     * Answers in place of the worker, if nothing of its answer has been sent to the client.
     *
     * @return the body to send instead
     * @throws WorkerDiedException if part of its answer has been sent
     */
    List<byte[]> answerAfterHead(StartResponse startResponse) throws WorkerDiedException {
        String happened = inWords();
        WorkerDiedException problem = new WorkerDiedException(happened);
        List<byte[]> body = WorkerApplication.body(request, status());
        startResponse.start(
                status(), WorkerApplication.headers(body), problem); // W56: throws it if the head has been sent
        log(happened);
        return body;
    }

    private void log(String happened) {
        LOG.log(Level.ERROR, () -> request.name() + ": answered " + status().substring(0, 3) + ": " + happened);
    }

    private String status() {
        return connection.isTimedOut() ? "504 Gateway Timeout" : "502 Bad Gateway";
    }

    private String inWords() {
        String worker = "worker " + connection.worker().pid();
        if (connection.isTimedOut()) {
            return worker
                    + " took longer than gangway.request-timeout, and is replaced; what it was doing is in the log, if it could tell";
        }
        if (fault != null) {
            return worker + " broke the protocol: " + fault.getMessage();
        }
        return worker
                + connection
                        .worker()
                        .awaitEnd()
                        .map(WorkerEnd::inWords)
                        .map(how -> " " + how)
                        .orElse(" closed its connection in the middle of the answer");
    }
}

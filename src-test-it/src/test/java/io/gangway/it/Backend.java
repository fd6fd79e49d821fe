package io.gangway.it;

import io.gangway.it.contract.Case;
import io.gangway.it.contract.Talk;
import io.gangway.it.contract.Trait;
import java.io.IOException;
import java.util.Map;

/** A backend of the contract: one way to serve a gateway application. */
interface Backend {
    /** The name in the table. */
    String name();

    /** The traits that the backend lacks, and why. */
    Map<Trait, String> lacks();

    /** The rules that no case can show on it, and why. */
    Map<String, String> declares();

    /** Starts the backend, once. */
    void start() throws Exception;

    /** Stops the backend, and fails if it leaves threads or files behind. */
    void stop() throws Exception;

    /** A client for one run of one case. */
    ClosingTalk talk(Case run, String runId) throws Exception;

    /** Entries of the log with this request id; the log is complete after {@link #stop}. */
    long logEntries(String id);

    /** Waits for an entry with all these texts. */
    boolean awaitLogEntry(String... texts);

    /** A talk that leaves nothing open. */
    interface ClosingTalk extends Talk, AutoCloseable {
        @Override
        void close() throws IOException;
    }
}

package io.gangway.it;

import io.gangway.it.contract.Case;
import io.gangway.it.contract.Talk;
import io.gangway.it.contract.Trait;
import java.io.IOException;
import java.util.Map;

/** Where the contract is run: one way to carry a gateway application. */
interface Backend {
    /** As the table shows it. */
    String name();

    /** What it cannot carry, and why. */
    Map<Trait, String> lacks();

    /** Rules that no case can show on it, and why. */
    Map<String, String> declares();

    /** Starts it, once. */
    void start() throws Exception;

    /** Stops it, and fails if it leaves anything behind. */
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

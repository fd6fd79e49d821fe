package io.gangway.it.contract;

import io.gangway.it.client.Answer;
import io.gangway.it.client.RawConnection;
import java.io.IOException;

/** The client's side of a case: it talks to a backend, and reads the application's journal. */
public interface Talk {
    /** Sends a request and reads its answer. */
    Answer ask(Request request) throws IOException;

    /**
     * The connection that the case uses; closed after it.
     *
     * @throws UnsupportedOperationException in memory
     */
    RawConnection connection() throws IOException;

    /**
     * Sends text, each char a byte, with these placeholders filled: {@code {host}}, {@code {base}} (the mount point),
     * {@code {case}} (header lines that name the case and its run).
     */
    void send(String template) throws IOException;

    /** The text that {@link #send} sends. */
    String fill(String template);

    /** One more connection, closed with the talk. */
    RawConnection another() throws IOException;

    /** Expects an entry of the log with all these texts. */
    void expectLog(String... texts);

    /** Opens a gate of this run's application. */
    void release(String gate) throws IOException;

    /** The journal of this run, after an event has come so often, or the max wait is over. */
    Journal journal(String event, int times) throws IOException;

    /** The journal of this run, without a wait. */
    default Journal journal() throws IOException {
        return journal("", 0);
    }
}

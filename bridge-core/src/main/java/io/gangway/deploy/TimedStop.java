package io.gangway.deploy;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;

/**
 * Releases what an application holds, and can be told how long that may take: a server's stop has one deadline, part of which is over
 * when the application's turn comes.
 *
 * <p>{@link #close()} takes the time that the application's own settings allow.
 */
public interface TimedStop extends Closeable {
    /**
     * Releases it within a time.
     *
     * @param time what is left of it; zero or more. What is not done by then is given up
     * @throws IOException if it was not released cleanly
     */
    void close(Duration time) throws IOException;
}

package io.gangway.deploy;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;

/**
 * Releases what an application holds, within a time limit: a server's stop has one deadline, and a part of that time has passed when
 * the application is stopped.
 *
 * <p>{@link #close()} uses the time limit in the application's own settings.
 */
public interface TimedStop extends Closeable {
    /**
     * The time limit of {@link #close()}.
     *
     * @return the limit; zero or more
     */
    Duration time();

    /**
     * Releases it within a time limit.
     *
     * @param time the limit; zero or more. Work that is not finished by then is abandoned
     * @throws IOException if it was not released cleanly
     */
    void close(Duration time) throws IOException;
}

package io.gangway.servlet;

import io.gangway.wsgi.ClientException;
import java.time.Duration;

/**
 * How fast a client has to be.
 *
 * @param bytesPerSecond above zero
 */
record DataRate(long bytesPerSecond) {
    /** The time that a client has before its rate counts, as in Kestrel: a handshake, a slow start, a lost packet. */
    private static final Duration GRACE = Duration.ofSeconds(5);

    private static final long NANOS_PER_SECOND = Duration.ofSeconds(1).toNanos();

    /** The longest time that a client may take for some bytes. */
    long nanosFor(long bytes) {
        return GRACE.toNanos() + bytes / bytesPerSecond * NANOS_PER_SECOND;
    }

    ClientException missed() {
        return ClientException.tooSlow(bytesPerSecond);
    }
}

package io.gangway.python.supervisor;

import java.time.Duration;

/** How long to wait before the next start of a worker or launcher after starts that failed. Belongs to the event loop. */
final class Backoff {
    /** Before the third start in a row; doubled up to {@link #LONGEST_PAUSE}. The second comes at once. */
    private static final Duration FIRST_PAUSE = Duration.ofMillis(250);

    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

    /** Doublings after which the pause is certainly longer than the longest. */
    private static final int MAX_DOUBLINGS = 10;

    private int failures;
    private long pausedUntil = System.nanoTime();

    void fails() {
        failures++;
        pausedUntil = System.nanoTime() + pause().toNanos();
    }

    void succeeds() {
        failures = 0;
        pausedUntil = System.nanoTime();
    }

    /** The pause after the last failure. */
    Duration pause() {
        int doublings = Math.min(failures - 2, MAX_DOUBLINGS);
        if (doublings < 0) {
            return Duration.ZERO;
        }
        Duration pause = FIRST_PAUSE.multipliedBy(1L << doublings);
        return pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
    }

    /** The time until the pause ends. */
    Duration left() {
        return Duration.ofNanos(Math.max(0, pausedUntil - System.nanoTime()));
    }
}

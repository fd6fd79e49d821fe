package io.gangway.python.loop;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Waiting for threads and for the clock, where an interrupt must not cut the wait short: it is kept for the caller. */
public final class Threads {
    private Threads() {}

    /**
     * Waits for a thread's end.
     *
     * @param thread not the current one
     * @param patience how long to wait
     * @return whether it has ended, or was never started
     */
    public static boolean join(Thread thread, Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        boolean isInterrupted = false;
        long left = patience.toNanos();
        while (left > 0 && thread.isAlive()) {
            try {
                TimeUnit.NANOSECONDS.timedJoin(thread, left);
            } catch (InterruptedException e) {
                isInterrupted = true;
            }
            left = deadline - System.nanoTime();
        }
        if (isInterrupted) {
            Thread.currentThread().interrupt();
        }
        return !thread.isAlive();
    }

    /** Waits; an interrupt ends it early. */
    static void sleep(Duration time) {
        try {
            TimeUnit.NANOSECONDS.sleep(time.toNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

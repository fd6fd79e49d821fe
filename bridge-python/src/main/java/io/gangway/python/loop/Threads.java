package io.gangway.python.loop;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Waits for threads and for time to pass. An interrupt is kept for the caller. */
public final class Threads {
    private Threads() {}

    /**
     * Waits for a thread's end. An interrupt does not cut the wait short.
     *
     * @param thread not the current one
     * @param timeout how long to wait
     * @return whether it has ended, or was never started
     */
    public static boolean join(Thread thread, Duration timeout) {
        long deadline = System.nanoTime() + timeout.toNanos();
        boolean isInterrupted = false;
        long left = timeout.toNanos();
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

package io.gangway.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Ends a benchmark's process with the script that started it, however that ends. */
final class Lifetime {
    private Lifetime() {}

    /**
     * Ends this process when its standard input does, which is when the script closes it or dies, and after the limit at
     * the latest.
     */
    static void endWithParent(Duration limit) {
        Thread parent = new Thread(Lifetime::awaitEndOfInput, "parent-watch");
        parent.setDaemon(true);
        parent.start();
        Thread clock = new Thread(() -> exitAfter(limit), "time-limit");
        clock.setDaemon(true);
        clock.start();
    }

    private static void awaitEndOfInput() {
        try {
            while (System.in.read() >= 0) {
                // The script says nothing here.
            }
        } catch (IOException e) {
            System.err.println("the run script's pipe failed: " + e.getMessage());
        }
        System.exit(0);
    }

    private static void exitAfter(Duration limit) {
        try {
            TimeUnit.MILLISECONDS.sleep(limit.toMillis());
            System.err.println("still running after " + limit.toMinutes() + " minutes: ending");
            System.exit(3);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

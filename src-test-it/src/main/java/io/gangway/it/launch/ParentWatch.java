package io.gangway.it.launch;

import java.io.IOException;

/**
 * A Java agent for servers with a main class of their own: ends the JVM when standard input ends, so that no container
 * outlives the tests.
 */
public final class ParentWatch {
    private ParentWatch() {}

    /**
     * Begins to watch, on a daemon thread.
     *
     * @param argument none
     */
    public static void premain(String argument) {
        Thread watch = new Thread(ParentWatch::awaitEnd, "parent-watch");
        watch.setDaemon(true);
        watch.start();
    }

    private static void awaitEnd() {
        try {
            while (System.in.read() >= 0) {
                // only the end matters
            }
        } catch (IOException e) {
            System.out.println("standard input failed: " + e);
        }
        System.exit(0);
    }
}

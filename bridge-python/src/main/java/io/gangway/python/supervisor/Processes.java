package io.gangway.python.supervisor;

import java.io.IOException;

/** Processes: which are started without a trace in this JVM, and which number one has. */
final class Processes {
    private Processes() {}

    /**
     * Starts a process.
     *
     * <p>The JDK's thread that waits for its end ("process reaper") outlives it, waits for others, and keeps the context class
     * loader of whoever started the first: that of a web application would stay in memory when it has long been undeployed.
     */
    static Process start(ProcessBuilder builder) throws IOException {
        Thread current = Thread.currentThread();
        ClassLoader loader = current.getContextClassLoader();
        current.setContextClassLoader(ClassLoader.getPlatformClassLoader());
        try {
            return builder.start();
        } finally {
            current.setContextClassLoader(loader);
        }
    }

    /**
     * Reads a process's number, as a process says it: one that is negative, or cut to an int elsewhere, would mean another one.
     *
     * @throws NumberFormatException if it is none
     */
    static long pid(String text) {
        int pid = Integer.parseInt(text);
        if (pid < 1) {
            throw new NumberFormatException(text);
        }
        return pid;
    }
}

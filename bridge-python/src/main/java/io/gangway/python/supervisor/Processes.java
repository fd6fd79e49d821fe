package io.gangway.python.supervisor;

import java.io.IOException;

/** Starts processes without a trace in this JVM. */
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
}

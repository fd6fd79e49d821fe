package io.gangway.python.supervisor;

import java.io.IOException;

/** Starts processes so that they keep no class loader of this JVM, and reads process ids. */
public final class Processes {
    private Processes() {}

    /**
     * Starts a process.
     *
     * <p>The JDK's thread that waits for a process's end ("process reaper") is used again for later processes, and keeps the context
     * class loader of the thread that started the first one. A web application's class loader would stay in memory after its undeployment.
     */
    public static Process start(ProcessBuilder builder) throws IOException {
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
     * Reads a process id that a process sent. A negative one, or one that is later cut to an int, would mean another process.
     *
     * @throws NumberFormatException if the text is no process id
     */
    static long pid(String text) {
        int pid = Integer.parseInt(text);
        if (pid < 1) {
            throw new NumberFormatException(text);
        }
        return pid;
    }
}

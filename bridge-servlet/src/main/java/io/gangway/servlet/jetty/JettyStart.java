package io.gangway.servlet.jetty;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * The start of Jetty in a thread of its own, while the thread that has asked for a server starts the application: neither takes less time than the other.
 *
 * <p>The application has the asking thread, because that thread may be interrupted, and its application's code may depend on it.
 */
final class JettyStart {
    private final FutureTask<Void> start;
    private boolean isBegun;

    JettyStart(Starting starting) {
        Callable<Void> call = () -> {
            starting.run();
            return null;
        };
        this.start = new FutureTask<>(call);
    }

    /** Assembles and starts the server. */
    @FunctionalInterface
    interface Starting {
        void run() throws Exception;
    }

    void begin() {
        Thread thread = new Thread(start, "gangway-jetty-start");
        thread.setDaemon(true);
        thread.start();
        isBegun = true;
    }

    /**
     * Waits until Jetty has started. An interrupt does not end the wait, which is short, but stays.
     *
     * @throws Exception why it has not
     */
    void await() throws Exception {
        boolean isInterrupted = false;
        try {
            while (true) {
                try {
                    start.get();
                    return;
                } catch (InterruptedException e) {
                    isInterrupted = true;
                }
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw e.getCause() instanceof Exception exception ? exception : e;
        } finally {
            if (isInterrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Waits until the start is over, if it was begun. */
    @SuppressWarnings("CatchAndPrintStackTrace")
    void end() {
        if (!isBegun) {
            return;
        }
        try {
            await();
        } catch (Exception | Error e) {
            // It is the failure that is being cleaned up, or follows from it.
        }
    }
}

package io.gangway.servlet.jetty;

import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * A pool that leaves a connection to whoever has just answered on it, once handling waits for nothing: to look for its next request,
 * Jetty would wake a thread, which most often finds none.
 */
final class PromptThreadPool extends QueuedThreadPool {
    private volatile boolean isPrompt;

    PromptThreadPool(int threads) {
        super(threads);
    }

    /** Promises that handling waits for nothing, from now on. */
    void promise() {
        isPrompt = true;
    }

    @Override
    public void execute(Runnable task) {
        if (isPrompt && task instanceof Connection) {
            task.run();
        } else {
            super.execute(task);
        }
    }
}

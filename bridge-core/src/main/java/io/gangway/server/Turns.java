package io.gangway.server;

import io.gangway.log.Logs;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Runs the tasks of one call one after the other, whatever threads they come from: on the thread that brings the first one, until there are no more. A task that is brought while
 * another one runs, also by that one, waits for its end.
 *
 * <p>Thread-safe. Nobody waits for a lock.
 */
final class Turns {
    private static final Logger LOG = Logs.named("io.gangway.server");

    private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicInteger tasks = new AtomicInteger();

    /** Runs a task now or, if one is running, after it. */
    void take(Runnable task) {
        if (tasks.compareAndSet(0, 1)) {
            run(task);
        } else {
            waiting.add(task);
            if (tasks.getAndIncrement() > 0) {
                return;
            }
            runNext();
        }
        while (tasks.decrementAndGet() > 0) {
            runNext();
        }
    }

    /** The queue has one, because its number was counted after it was added. */
    private void runNext() {
        Runnable next = waiting.poll();
        if (next != null) {
            run(next);
        }
    }

    /** The tasks catch what belongs to the application; whatever else happens, the others must have their turn. */
    private static void run(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            LOG.log(Level.ERROR, "a step of an asynchronous call failed; the call goes on", e);
        }
    }
}

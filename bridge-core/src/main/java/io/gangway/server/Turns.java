package io.gangway.server;

import io.gangway.log.Logs;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
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

    /** Stages that complete within their call, one after the other: each needs some frames of the stack. */
    private static final int MAX_DEPTH = 64;

    /** How deep the current thread is in turns, of whatever calls, and the number of its outermost one. No class of ours, which would outlive its application in a container's threads. */
    private static final ThreadLocal<int[]> THREAD = new ThreadLocal<>();

    private static final int DEPTH = 0;
    private static final int NUMBER = 1;

    // Only their order of magnitude matters, whatever threads count.
    private int complete;
    private int number;

    private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicInteger tasks = new AtomicInteger();

    /**
     * A stage that an application goes on from. One that is complete already lets it go on within its own call, and an application that sends or receives in a loop of stages would need
     * more and more stack; so some of them complete on another thread. The stack of a turn is gone when the next event of any call comes: whoever sends to each member of a room, for each
     * message that comes, is not slowed down.
     */
    <T> CompletionStage<T> paced(CompletableFuture<T> stage) {
        if (!stage.isDone()) {
            return stage;
        }
        int[] thread = thread();
        if (thread[DEPTH] > 0 && thread[NUMBER] != number) {
            number = thread[NUMBER];
            complete = 0;
        }
        return ++complete % MAX_DEPTH == 0 ? stage.thenApplyAsync(given -> given) : stage;
    }

    private static int[] thread() {
        int[] thread = THREAD.get();
        if (thread == null) {
            thread = new int[2];
            THREAD.set(thread);
        }
        return thread;
    }

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
        int[] thread = thread();
        if (thread[DEPTH]++ == 0) {
            thread[NUMBER]++;
        }
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            LOG.log(Level.ERROR, "a step of an asynchronous call failed; the call goes on", e);
        } finally {
            thread[DEPTH]--;
        }
    }
}

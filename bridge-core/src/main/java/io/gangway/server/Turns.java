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

    /** How many complete stages a thread gives before it looks at its stack again: each may need some frames, and a look takes some microseconds. */
    private static final int STAGES_OF_A_LOOK = 64;

    /** Frames of a stack that is no container's alone: a tenth of what a stack of a megabyte has room for. */
    private static final int DEEP = 1000;

    /** The complete stages that the current thread has given, of all calls. An array of the JDK's, because a value of our class would keep the application's class loader. */
    private static final ThreadLocal<int[]> COMPLETE = new ThreadLocal<>();

    private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicInteger tasks = new AtomicInteger();

    /**
     * A stage that an application goes on from. One that is complete already lets it go on within its own call, and an application that sends or receives in a loop of stages would need
     * more and more stack; so where the stack is deep, the stage completes on another thread. That may be a new one ({@link CompletableFuture#thenApplyAsync}); therefore the stack is looked
     * at, and its depth not guessed: an application that sends to each member of a room gives thousands of complete stages, one after the other, on a flat stack.
     */
    static <T> CompletionStage<T> paced(CompletableFuture<T> stage) {
        return stage.isDone() && isLookDue() && isStackDeep() ? stage.thenApplyAsync(given -> given) : stage;
    }

    private static boolean isLookDue() {
        int[] complete = COMPLETE.get();
        if (complete == null) {
            complete = new int[1];
            COMPLETE.set(complete);
        }
        return ++complete[0] % STAGES_OF_A_LOOK == 0;
    }

    private static boolean isStackDeep() {
        return StackWalker.getInstance()
                .walk(frames -> frames.skip(DEEP).findAny().isPresent());
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
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            LOG.log(Level.ERROR, "a step of an asynchronous call failed; the call goes on", e);
        }
    }
}

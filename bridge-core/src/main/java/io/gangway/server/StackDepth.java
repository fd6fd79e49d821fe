package io.gangway.server;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Keeps the stack of an application from growing with each stage that is complete at once.
 *
 * <p>Such a stage lets the application go on within its own call, so one that sends or receives in a loop of stages would need more and more stack. Where the stack is deep, the stage completes on
 * another thread. That may be a new one ({@link CompletableFuture#thenApplyAsync}); therefore the stack is looked at, and its depth not guessed: an application that sends to each member of a room
 * gets thousands of complete stages, one after the other, on a flat stack.
 */
final class StackDepth {
    /** How many complete stages a thread gives before it looks at its stack again: each may need some frames, and a look takes some microseconds. */
    private static final int STAGES_OF_A_LOOK = 64;

    /** Frames of a stack that is no container's alone: a tenth of what a stack of a megabyte has room for. */
    private static final int DEEP = 1000;

    /** The complete stages that the current thread has given, of all calls. An array of the JDK's, because a value of our class would keep the application's class loader. */
    private static final ThreadLocal<int[]> COMPLETE = new ThreadLocal<>();

    private StackDepth() {}

    /** The stage that an application goes on from: the given one, or one that completes in the same way on another thread. */
    static <T> CompletionStage<T> bounded(CompletableFuture<T> stage) {
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
}

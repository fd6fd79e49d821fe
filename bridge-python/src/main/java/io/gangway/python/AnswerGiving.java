package io.gangway.python;

import static java.util.Objects.requireNonNull;

import io.gangway.buffer.BodyStore;
import io.gangway.buffer.Spool;
import io.gangway.exchange.Exchange;
import io.gangway.python.loop.LoopLogger;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of an answer on their way to the client: written at once while the client keeps up, and otherwise stored, so that the worker can go on.
 *
 * <p>A client that takes a large answer through a fast network is always a little slower than a worker. So a file is used only after the worker has been held up for
 * {@link BufferPolicy#maxHeld} in all, or at once where other requests wait for a worker: many slow clients that come together would hold up all of them.
 *
 * <p>Belongs to the loop.
 */
final class AnswerGiving {
    /** How often a held worker is looked after: other requests may have begun to wait. */
    static final Duration LOOK = Duration.ofMillis(10);

    private static final Logger LOG = LoopLogger.of("io.gangway.python");

    private final Exchange exchange;
    private final WorkerRequest request;
    private final @Nullable BodyStore store;
    private final Duration maxHeld;

    private @Nullable Spool spool;
    private boolean isWriteAwaited;
    private long heldSince;
    private long heldNanos;
    private boolean isFailureTold;

    /**
     * Of an answer that has not begun.
     *
     * @param request for the log
     * @param store where the answer is stored; null if the worker waits for the client instead
     * @param maxHeld how long the worker may be held up before a file is used
     */
    AnswerGiving(Exchange exchange, WorkerRequest request, @Nullable BodyStore store, Duration maxHeld) {
        this.exchange = exchange;
        this.request = request;
        this.store = store;
        this.maxHeld = maxHeld;
    }

    /**
     * Gives bytes.
     *
     * @param flush whether it may be long until more comes
     * @return whether more is wanted now
     * @throws IOException if the client left
     */
    boolean give(byte[] block, boolean flush) throws IOException {
        if (!isWriteAwaited && isAllGiven()) {
            isWriteAwaited = !exchange.write(block, 0, block.length, flush);
            return !isWriteAwaited || store != null;
        }
        Spool waiting = spool;
        if (waiting == null) {
            waiting = requireNonNull(store, "more was given than was wanted").newSpool();
            spool = waiting;
        }
        boolean isMoreWanted = waiting.append(block);
        tellFailure(waiting);
        return isMoreWanted;
    }

    /**
     * Gives the head alone. Returns as {@link #give}.
     *
     * @throws IOException if the client left
     */
    boolean giveHead() throws IOException {
        isWriteAwaited = !exchange.sendHead();
        return !isWriteAwaited;
    }

    /** The client has made room: gives what is stored, as far as it is taken. */
    void proceed() throws IOException {
        isWriteAwaited = false;
        Spool waiting = spool;
        while (waiting != null && !isWriteAwaited && !exchange.isSettled()) {
            byte[] block = waiting.poll();
            if (block == null) {
                return;
            }
            isWriteAwaited = !exchange.write(block, 0, block.length, waiting.isEmpty());
        }
    }

    /** Whether nothing is stored. The container may still hold what was written last. */
    boolean isAllGiven() {
        Spool waiting = spool;
        return waiting == null || waiting.isEmpty();
    }

    /** Whether more is wanted, after a {@link #give} that was false. */
    boolean hasRoom() {
        Spool waiting = spool;
        return waiting == null ? !isWriteAwaited : waiting.hasRoom();
    }

    /** The worker is held up from now on. Returns whether that is to end when the client is late, because the answer can be stored in a file. */
    boolean holds() {
        heldSince = System.nanoTime();
        Spool waiting = spool;
        return store != null && waiting != null && !waiting.isFileUsed();
    }

    /** The worker is not held up any more. */
    void goesOn() {
        heldNanos += System.nanoTime() - heldSince;
    }

    /**
     * Uses a file from now on, if the worker has been held up for long enough.
     *
     * @param isWorkerWanted whether other requests wait for a worker: then it has been
     * @return whether it was due: the worker may go on, if there is room
     */
    boolean useFileIfDue(boolean isWorkerWanted) {
        Spool waiting = spool;
        boolean isDue = isWorkerWanted || heldNanos + System.nanoTime() - heldSince >= maxHeld.toNanos();
        if (waiting != null && isDue) {
            waiting.useFile();
            tellFailure(waiting);
        }
        return isDue;
    }

    private void tellFailure(Spool waiting) {
        IOException failure = waiting.failure();
        if (failure != null && !isFailureTold) {
            isFailureTold = true;
            LOG.log(
                    Level.WARNING,
                    () -> request.name() + ": its worker waits for the client, because the answer cannot be stored: "
                            + failure.getMessage()
                            + ". Fix: free some space there, or set gangway.buffer-directory and gangway.buffer-limit to a directory"
                            + " with more room and its size");
        }
    }

    /** Gives up what is stored. */
    void close() {
        Spool waiting = spool;
        if (waiting != null) {
            waiting.close();
        }
    }
}

package io.gangway.python.dispatch;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * A worker as requests see it: its connections, and how it ended.
 *
 * <p>The {@link Dispatcher}'s lock guards the mutable state.
 */
public final class ServingWorker {
    private final long pid;
    private final Path slotFile;
    private final CompletableFuture<WorkerEnd> end = new CompletableFuture<>();
    private final int[] sequences;

    // Guarded by the dispatcher's lock.
    private final long[] missingSince;
    /** The connection that each slot has, or had last. */
    private final @Nullable WorkerConnection[] current;

    final Deque<WorkerConnection> idle = new ArrayDeque<>();
    final Set<WorkerConnection> busy = new HashSet<>();
    boolean isRetired;
    long taken;

    /**
     * A worker without connections.
     *
     * @param pid its process
     * @param slotFile where it marks the requests that it took
     * @param threads how many connections it has
     */
    public ServingWorker(long pid, Path slotFile, int threads) {
        this.pid = pid;
        this.slotFile = slotFile;
        this.sequences = new int[threads];
        this.missingSince = new long[threads];
        this.current = new WorkerConnection[threads];
    }

    /**
     * Its process.
     *
     * @return the process id
     */
    public long pid() {
        return pid;
    }

    /**
     * Tells how it ended; later calls do nothing.
     *
     * @param how the launcher's report
     */
    public void ended(WorkerEnd how) {
        end.complete(how);
    }

    /** Completed with how it ended, when the launcher has reported it. */
    CompletableFuture<WorkerEnd> end() {
        return end;
    }

    /** A connection is gone: its thread opens another one as soon as the application's call in it has returned. */
    void connectionLost(WorkerConnection gone) {
        if (current[gone.slot()] == gone) { // it may have been replaced before its loss was noticed
            missingSince[gone.slot()] = System.nanoTime() | 1;
        }
    }

    void connectionOpened(WorkerConnection opened) {
        current[opened.slot()] = opened;
        missingSince[opened.slot()] = 0;
    }

    boolean hasMissingConnectionSince(long nanoTime) {
        return LongStream.of(missingSince).anyMatch(since -> since != 0 && since - nanoTime < 0);
    }

    /** The number of a connection's next request. A slot's numbers continue across its connections. */
    int nextSequence(int slot) {
        int next = sequences[slot] % 255 + 1;
        sequences[slot] = next;
        return next;
    }

    /**
     * Whether the worker marked a request as taken. If that cannot be read, the request counts as taken.
     *
     * @return false only if the worker certainly did not call the application
     */
    boolean hasTaken(int slot, int sequence) {
        try (FileChannel file = FileChannel.open(slotFile)) {
            ByteBuffer mark = ByteBuffer.allocate(1);
            return file.read(mark, slot) != 1 || (mark.get(0) & 0xff) == sequence;
        } catch (IOException e) {
            return true;
        }
    }
}

package io.gangway.python.dispatch;

import io.gangway.python.loop.LoopLogger;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntConsumer;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * A worker as requests see it: its connections, and how it ended.
 *
 * <p>Thread-safe. Its own lock guards its connections and numbers; it is held neither during I/O nor during a call of anything else.
 */
public final class ServingWorker {
    private static final System.Logger LOG = LoopLogger.of("io.gangway.python");

    private final long pid;
    private final Path slotFile;
    private final CompletableFuture<WorkerEnd> end = new CompletableFuture<>();
    private final LimitedLog losses = new LimitedLog(LOG, Level.ERROR, System::nanoTime);
    private final int[] sequences;

    private final ReentrantLock lock = new ReentrantLock();
    private final long[] missingSince;
    /** The connection that each slot has, or had last. */
    private final @Nullable WorkerConnection[] current;

    private final Deque<WorkerConnection> idle = new ArrayDeque<>();
    private final Set<WorkerConnection> busy = new HashSet<>();
    private boolean isRetired;
    private long taken;
    /** How many connections it has been asked to have, and may have: the same number, if each thread has one. */
    private int wanted;

    private int capacity;
    /** Whether it serves an ASGI application, and opens connections on demand. */
    private volatile boolean isAsgi;
    /** Asks it to have so many connections. */
    private volatile IntConsumer opener = total -> {};

    private volatile boolean isMoreWanted;

    /**
     * A worker without connections.
     *
     * @param pid its process
     * @param slotFile where it marks the requests that it took
     * @param slots max number of its connections
     */
    public ServingWorker(long pid, Path slotFile, int slots) {
        this.pid = pid;
        this.slotFile = slotFile;
        this.sequences = new int[slots];
        this.missingSince = new long[slots];
        this.current = new WorkerConnection[slots];
    }

    /**
     * Tells that it serves an ASGI application: connections are opened when they are needed. To be called before it is put into service.
     *
     * @param opened how many connections it has opened
     * @param most how many it may have
     * @param opening asks it to have a number of connections; called by any thread, and must not block
     */
    public void opensOnDemand(int opened, int most, IntConsumer opening) {
        lock.lock();
        try {
            wanted = opened;
            capacity = most;
            opener = opening;
            isAsgi = true;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Whether it serves an ASGI application: its requests are scopes, and wait for nothing but its event loop.
     *
     * @return false for WSGI
     */
    public boolean isAsgi() {
        return isAsgi;
    }

    /** How many more exchanges it could serve, if it had the connections. */
    int spare() {
        lock.lock();
        try {
            return isRetired ? 0 : Math.max(0, capacity - busy.size());
        } finally {
            lock.unlock();
        }
    }

    /** Asks for more connections, if the last idle one has been taken. Not to be called under a lock. */
    void askForMore() {
        if (isMoreWanted) {
            int total;
            lock.lock();
            try {
                isMoreWanted = false;
                total = wanted;
            } finally {
                lock.unlock();
            }
            opener.accept(total);
        }
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
     * Gets an entry for each exchange that it did not complete: if it dies, these may be hundreds.
     *
     * @return its own, so that the first one of each worker is told
     */
    public LimitedLog losses() {
        return losses;
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

    /** How many exchanges it serves; {@link Integer#MAX_VALUE} if it has no connection for another one. */
    int load() {
        lock.lock();
        try {
            return idle.isEmpty() ? Integer.MAX_VALUE : busy.size();
        } finally {
            lock.unlock();
        }
    }

    /** Takes an idle connection for an exchange; null if there is none. The last used comes first, because its caches are warm. */
    @Nullable
    WorkerConnection take() {
        lock.lock();
        try {
            WorkerConnection connection = idle.poll();
            if (connection != null) {
                busy.add(connection);
                taken++;
                // Half of them are in use: in a burst, each connection that is still being opened is taken at once.
                if (idle.isEmpty() && busy.size() > wanted / 2 && wanted < capacity) {
                    wanted = Math.min(capacity, 2 * wanted); // doubled: a burst needs few questions
                    isMoreWanted = true;
                }
            }
            return connection;
        } finally {
            lock.unlock();
        }
    }

    /**
     * An exchange is over. Returns whether its connection is idle now; otherwise it is to be closed.
     *
     * @param isReusable whether the connection can be used again
     */
    boolean giveBack(WorkerConnection connection, boolean isReusable) {
        lock.lock();
        try {
            if (!busy.remove(connection)) {
                return false;
            }
            if (!isReusable) {
                connectionIsMissing(connection);
                return false;
            }
            return isIdle(connection);
        } finally {
            lock.unlock();
        }
    }

    /** A connection is new. Returns whether it is idle now; otherwise it is to be closed. */
    boolean add(WorkerConnection opened, boolean isReusable) {
        lock.lock();
        try {
            current[opened.slot()] = opened;
            missingSince[opened.slot()] = 0;
            return isReusable && isIdle(opened);
        } finally {
            lock.unlock();
        }
    }

    private boolean isIdle(WorkerConnection connection) {
        if (!isRetired) {
            idle.push(connection);
        }
        return !isRetired;
    }

    /** An idle connection has ended. */
    void lost(WorkerConnection connection) {
        lock.lock();
        try {
            if (idle.remove(connection)) {
                connectionIsMissing(connection);
            }
        } finally {
            lock.unlock();
        }
    }

    /** A connection is gone: its thread opens another one as soon as the application's call in it has returned. */
    private void connectionIsMissing(WorkerConnection gone) {
        if (current[gone.slot()] == gone) { // it may have been replaced before its loss was noticed
            missingSince[gone.slot()] = System.nanoTime() | 1;
        }
    }

    /** Whether a connection that was closed has not been replaced since then. */
    boolean hasMissingConnectionSince(long nanoTime) {
        lock.lock();
        try {
            return LongStream.of(missingSince).anyMatch(since -> since != 0 && since - nanoTime < 0);
        } finally {
            lock.unlock();
        }
    }

    /** Takes no further connection. Returns those that are idle, to be closed. */
    List<WorkerConnection> retire() {
        lock.lock();
        try {
            isRetired = true;
            List<WorkerConnection> unused = List.copyOf(idle);
            idle.clear();
            return unused;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Whether it takes no further exchange.
     *
     * @return true once it has been taken out of service
     */
    public boolean isRetired() {
        lock.lock();
        try {
            return isRetired;
        } finally {
            lock.unlock();
        }
    }

    /**
     * The exchanges that it is serving.
     *
     * @return a copy
     */
    public List<WorkerConnection> busy() {
        lock.lock();
        try {
            return List.copyOf(busy);
        } finally {
            lock.unlock();
        }
    }

    /**
     * How many requests it has been given.
     *
     * @return the count since its start
     */
    public long taken() {
        lock.lock();
        try {
            return taken;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Whether a thread of it is still busy with a request that was given up long ago, because its client left.
     *
     * @param limit how long a thread may take to open a new connection
     * @return true if a connection that was closed in the middle of an exchange has not been replaced for longer
     */
    public boolean isStuck(Duration limit) {
        return hasMissingConnectionSince(System.nanoTime() - limit.toNanos());
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

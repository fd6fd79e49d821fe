package io.gangway.python.dispatch;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Gives requests to workers: to the least busy one, or in order of arrival as connections become free.
 *
 * <p>Thread-safe. One lock guards the workers' connections and the queue; nothing is called and no I/O is done under it.
 */
public final class Dispatcher {
    private final ReentrantLock lock = new ReentrantLock();
    private final Set<ServingWorker> workers = new LinkedHashSet<>();
    private final Deque<Waiter> queue = new ArrayDeque<>();
    private final int queueSize;
    private final Duration queueTimeout;
    private boolean isClosed;

    /** A request in the queue. */
    private static final class Waiter {
        private final Condition news;
        private @Nullable WorkerConnection connection;

        Waiter(Condition news) {
            this.news = news;
        }
    }

    /**
     * A dispatcher without workers.
     *
     * @param queueSize how many requests may wait
     * @param queueTimeout how long one may wait
     */
    public Dispatcher(int queueSize, Duration queueTimeout) {
        this.queueSize = queueSize;
        this.queueTimeout = queueTimeout;
    }

    /**
     * Takes a connection for one exchange, which {@link #release} ends.
     *
     * @return a connection, which may turn out to be broken
     * @throws RefusedException if too many wait already, if the wait was too long, or after {@link #close}
     * @throws InterruptedException if the thread was interrupted while it waited
     */
    public WorkerConnection acquire() throws RefusedException, InterruptedException {
        lock.lockInterruptibly();
        try {
            if (isClosed) {
                throw stopped();
            }
            WorkerConnection free = queue.isEmpty() ? takeFromLeastBusy() : null;
            return free != null ? free : await();
        } finally {
            lock.unlock();
        }
    }

    private WorkerConnection await() throws RefusedException, InterruptedException {
        if (queue.size() >= queueSize) {
            throw new RefusedException("all workers are busy, and " + queue.size()
                    + " requests wait already, as many as gangway.queue-size allows");
        }
        Waiter waiter = new Waiter(lock.newCondition());
        queue.add(waiter);
        long left = queueTimeout.toNanos();
        try {
            while (waiter.connection == null && left > 0 && !isClosed) {
                left = waiter.news.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            WorkerConnection handed = waiter.connection;
            if (handed != null) {
                putBack(handed);
            }
            throw e;
        } finally {
            queue.remove(waiter);
        }
        if (waiter.connection != null) {
            return waiter.connection;
        }
        throw isClosed
                ? stopped()
                : new RefusedException(
                        "no worker became free within the " + queueTimeout.toMillis() + " ms of gangway.queue-timeout");
    }

    private static RefusedException stopped() {
        return new RefusedException("the application is being stopped");
    }

    private @Nullable WorkerConnection takeFromLeastBusy() {
        ServingWorker least = null;
        for (ServingWorker worker : workers) {
            if (!worker.idle.isEmpty() && (least == null || worker.busy.size() < least.busy.size())) {
                least = worker;
            }
        }
        return least == null ? null : take(least);
    }

    private static WorkerConnection take(ServingWorker worker) {
        WorkerConnection connection = worker.idle.pop();
        worker.busy.add(connection);
        worker.taken++;
        return connection;
    }

    /**
     * Ends an exchange.
     *
     * @param connection from {@link #acquire}; closed unless it can be used again
     */
    public void release(WorkerConnection connection) {
        boolean kept = false;
        lock.lock();
        try {
            ServingWorker worker = connection.worker();
            if (worker.busy.remove(connection)) {
                if (connection.isReusable()) {
                    kept = offer(connection);
                } else {
                    worker.misses(connection.slot());
                }
            }
        } finally {
            lock.unlock();
        }
        if (!kept) {
            connection.close();
        }
    }

    /**
     * Adds a connection that a worker opened; closes it if the worker has retired.
     *
     * @param connection idle
     */
    public void add(WorkerConnection connection) {
        boolean kept;
        lock.lock();
        try {
            connection.worker().hasAgain(connection.slot());
            kept = offer(connection);
        } finally {
            lock.unlock();
        }
        if (!kept) {
            connection.close();
        }
    }

    /** To the request that has waited longest, or to the idle ones; the last used first, for its caches are warm. */
    private boolean offer(WorkerConnection connection) {
        ServingWorker worker = connection.worker();
        if (worker.isRetired || isClosed) {
            return false;
        }
        worker.idle.push(connection);
        if (workers.contains(worker)) {
            serveQueue();
        }
        return true;
    }

    private void putBack(WorkerConnection connection) {
        connection.worker().busy.remove(connection);
        connection.worker().taken--;
        if (!offer(connection)) {
            connection.close(); // under the lock, this once: closing a Unix socket does not wait
        }
    }

    private void serveQueue() {
        while (!queue.isEmpty()) {
            WorkerConnection free = takeFromLeastBusy();
            if (free == null) {
                return;
            }
            Waiter waiter = queue.remove();
            waiter.connection = free;
            waiter.news.signal();
        }
    }

    /**
     * Lets a worker serve: it is ready. Its connections may have been added before, or come later.
     *
     * @param worker the worker
     */
    public void serve(ServingWorker worker) {
        lock.lock();
        try {
            if (!worker.isRetired && !isClosed) {
                workers.add(worker);
                serveQueue();
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Takes a worker out of service, for good: its idle connections are closed, and each busy one when its exchange ends.
     *
     * @param worker serving or not
     */
    public void retire(ServingWorker worker) {
        List<WorkerConnection> idle;
        lock.lock();
        try {
            worker.isRetired = true;
            workers.remove(worker);
            idle = List.copyOf(worker.idle);
            worker.idle.clear();
        } finally {
            lock.unlock();
        }
        idle.forEach(WorkerConnection::close);
    }

    /** Refuses every request from now on, those that wait included. Exchanges that are under way go on. */
    public void close() {
        lock.lock();
        try {
            isClosed = true;
            queue.forEach(waiter -> waiter.news.signal());
        } finally {
            lock.unlock();
        }
    }

    /**
     * The exchanges that a worker is serving.
     *
     * @param worker any
     * @return a copy
     */
    public List<WorkerConnection> busyOf(ServingWorker worker) {
        lock.lock();
        try {
            return new ArrayList<>(worker.busy);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Whether a thread of a worker is still busy with a request that was given up long ago: its client left.
     *
     * @param worker any
     * @param patience how long is not long
     * @return true if a connection that was closed in the middle of an exchange has not been replaced for longer
     */
    public boolean isStuck(ServingWorker worker, Duration patience) {
        lock.lock();
        try {
            return worker.isMissingOneSince(System.nanoTime() - patience.toNanos());
        } finally {
            lock.unlock();
        }
    }

    /**
     * How many requests a worker has been given.
     *
     * @param worker any
     * @return the count since its start
     */
    public long takenBy(ServingWorker worker) {
        lock.lock();
        try {
            return worker.taken;
        } finally {
            lock.unlock();
        }
    }

    /**
     * How many requests wait.
     *
     * @return the count at this moment
     */
    public int waiting() {
        lock.lock();
        try {
            return queue.size();
        } finally {
            lock.unlock();
        }
    }
}

package io.gangway.python.dispatch;

import io.gangway.python.loop.EventLoop;
import io.gangway.python.loop.LoopLogger;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Gives requests to workers: to the least busy one, or in order of arrival as connections become free.
 *
 * <p>No thread waits here: a request leaves a {@link Claim}, which is granted by the thread that frees a connection. The dispatcher owns
 * the loop on which answers are received.
 *
 * <p>Thread-safe. One lock guards the {@link WaitingLine} and the choice of a worker; each {@link ServingWorker} has one for its connections and numbers, which is taken second. Both
 * are held neither during I/O nor during a call of anything else.
 */
public final class Dispatcher implements AutoCloseable {
    /** How long a lost connection's request waits for the launcher's report on how the worker ended: it is sent at once. */
    private static final Duration END_TIMEOUT = Duration.ofSeconds(2);

    /** Bytes that the loop receives at once, whatever the connection: several usual answers, or a piece of a large one. */
    private static final int BUFFER_SIZE = 64 << 10;

    private final EventLoop loop;
    private final ByteBuffer received = ByteBuffer.allocateDirect(BUFFER_SIZE);
    private final Set<Runnable> awaitingEnds = ConcurrentHashMap.newKeySet();
    /** What ends the exchanges that need the loop, but no worker any more. */
    private final Set<Runnable> leftovers = ConcurrentHashMap.newKeySet();

    private final ReentrantLock lock = new ReentrantLock();
    private final Set<ServingWorker> workers = new LinkedHashSet<>();
    private final Set<WorkerConnection> busy = ConcurrentHashMap.newKeySet();
    private final WaitingLine line;
    private final LimitedLog refusals =
            new LimitedLog(LoopLogger.of("io.gangway.python"), Level.WARNING, System::nanoTime);
    private boolean isExpiring;
    private volatile boolean isClosed; // written under the lock
    /** Whether the worker that was put into service last serves an ASGI application. */
    private volatile boolean isAsgi;
    /** The reason for which requests are refused, once the dispatcher is closed. */
    private @Nullable RefusedException refusal;

    /** A request with the connection that it gets. */
    private record Grant(Claim claim, WorkerConnection connection) {}

    /**
     * A dispatcher without workers. Its loop runs; {@link #close} ends it.
     *
     * @param queueSize how many requests may wait
     * @param queueTimeout how long one may wait
     * @param deployment by which the log's entries name the deployment; empty if it has no name
     * @throws IOException if the system cannot open a selector
     */
    public Dispatcher(int queueSize, Duration queueTimeout, String deployment) throws IOException {
        this.loop = new EventLoop("gangway-python-exchanges", deployment, this::loseAll);
        this.line = new WaitingLine(queueSize, queueTimeout);
        loop.start();
    }

    EventLoop loop() {
        return loop;
    }

    /** Gets an entry for each request that was refused. */
    public LimitedLog refusals() {
        return refusals;
    }

    /**
     * Whether the application is an ASGI application, as far as is known: a reload may change it.
     *
     * @return false for WSGI
     */
    public boolean isAsgi() {
        return isAsgi;
    }

    /** What the loop receives into; for its thread. */
    ByteBuffer received() {
        return received;
    }

    /**
     * Asks for a connection for one exchange, which {@link #release} ends.
     *
     * @param claim answered at once on this thread, or later on another
     */
    public void claim(Claim claim) {
        WorkerConnection free = null;
        RefusedException refused = null;
        boolean isFirst = false;
        lock.lock();
        try {
            if (isClosed) {
                refused = refusal;
            } else {
                free = line.isEmpty() ? takeFromLeastBusy() : null;
            }
            if (free == null && refused == null) {
                refused = line.add(claim, System.nanoTime(), spare());
                isFirst = refused == null && !isExpiring;
                isExpiring |= isFirst;
            }
        } finally {
            lock.unlock();
        }
        if (free != null) {
            free.worker().askForMore();
            grant(claim, free);
        } else if (refused != null) {
            claim.refused(refused);
        } else if (isFirst) {
            loop.execute(
                    this::expire); // if the loop has ended, all claims have been refused, or are just being refused
        }
    }

    /** Grants a claim. If that throws, the claim is told and the connection is released. */
    private void grant(Claim claim, WorkerConnection connection) {
        try {
            claim.granted(connection);
        } catch (RuntimeException | Error e) {
            connection.close();
            release(connection);
            claim.failed(e);
        }
    }

    /**
     * Removes a claim from the queue.
     *
     * @param claim the claim
     * @return whether it was there; otherwise it has been granted or refused, or is just being
     */
    public boolean withdraw(Claim claim) {
        lock.lock();
        try {
            return line.remove(claim);
        } finally {
            lock.unlock();
        }
    }

    /** Refuses the claims that have waited too long, and schedules itself for the next one while there is a queue. Runs on the loop. */
    private void expire() {
        List<Claim> late;
        long next;
        lock.lock();
        try {
            long now = System.nanoTime();
            late = line.late(now);
            next = line.nextIsLateIn(now);
            isExpiring = next > 0;
        } finally {
            lock.unlock();
        }
        if (next > 0) {
            loop.schedule(Duration.ofNanos(next), this::expire);
        }
        refuse(late, line.lateness());
    }

    /** A task each: if one throws, the others are still told. */
    private void refuse(List<Claim> claims, RefusedException why) {
        claims.forEach(claim -> loop.executeAlways(() -> claim.refused(why)));
    }

    /**
     * Waits for the launcher's report on how a worker ended, without a thread. To be called on the loop.
     *
     * @param connection of the worker, which has ended
     * @param told called once, on the loop: with the report, or empty if the worker seems to be alive
     */
    @SuppressWarnings("FutureReturnValueIgnored") // the task reports its own failures
    public void awaitEnd(WorkerConnection connection, Consumer<Optional<WorkerEnd>> told) {
        CompletableFuture<WorkerEnd> end = connection.worker().end();
        Runnable once = new Runnable() {
            @Override
            public void run() {
                if (awaitingEnds.remove(this)) {
                    told.accept(Optional.ofNullable(end.getNow(null)));
                }
            }
        };
        awaitingEnds.add(once);
        end.thenRun(() -> loop.executeAlways(once));
        loop.schedule(END_TIMEOUT, once);
    }

    private static RefusedException stopped() {
        return new RefusedException("the application is being stopped");
    }

    private @Nullable WorkerConnection takeFromLeastBusy() {
        WorkerConnection taken = null;
        ServingWorker least = leastBusy();
        while (taken == null && least != null) {
            taken = least.take();
            least = taken == null ? leastBusy() : null; // its last idle connection has ended meanwhile
        }
        if (taken != null) {
            busy.add(taken);
        }
        return taken;
    }

    /** How many exchanges could be served if workers opened all connections that they may. */
    private int spare() {
        return workers.stream().mapToInt(ServingWorker::spare).sum();
    }

    private @Nullable ServingWorker leastBusy() {
        ServingWorker least = null;
        int lowest = Integer.MAX_VALUE;
        for (ServingWorker worker : workers) {
            int load = worker.load();
            if (load < lowest) {
                least = worker;
                lowest = load;
            }
        }
        return least;
    }

    /**
     * Ends an exchange. The request that has waited longest gets the connection, on this thread.
     *
     * @param connection granted before; it is closed unless it can be used again
     */
    public void release(WorkerConnection connection) {
        connection.finish();
        boolean isReusable = connection.isReusable();
        if (isReusable && connection.goOnWriting()) {
            return; // it calls this method again
        }
        busy.remove(connection);
        if (connection.worker().giveBack(connection, isReusable) && !isClosed) {
            serveQueue();
        } else {
            connection.close();
        }
    }

    /**
     * Adds a connection that a worker opened; closes it if the worker has retired.
     *
     * @param connection idle, and watched by the loop
     */
    public void add(WorkerConnection connection) {
        if (connection.worker().add(connection, connection.isReusable()) && !isClosed) {
            serveQueue();
        } else {
            connection.close();
        }
    }

    /** Removes an idle connection that has ended, most likely because its worker has. */
    void lost(WorkerConnection connection) {
        connection.worker().lost(connection);
        connection.close();
    }

    private void serveQueue() {
        for (Grant grant = nextGrant(); grant != null; grant = nextGrant()) {
            grant.connection().worker().askForMore();
            grant(grant.claim(), grant.connection());
        }
    }

    private @Nullable Grant nextGrant() {
        lock.lock();
        try {
            WorkerConnection free = line.isEmpty() ? null : takeFromLeastBusy();
            return free == null ? null : new Grant(line.next(), free);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Puts a worker into service. Its connections may have been added before, or come later.
     *
     * @param worker the worker
     */
    public void serve(ServingWorker worker) {
        lock.lock();
        try {
            if (!worker.isRetired() && !isClosed) {
                workers.add(worker);
                isAsgi = worker.isAsgi();
            }
        } finally {
            lock.unlock();
        }
        serveQueue();
    }

    /**
     * Takes a worker out of service for good: its idle connections are closed now, each busy one when its exchange ends.
     *
     * @param worker serving or not
     */
    public void retire(ServingWorker worker) {
        remove(worker);
        worker.busy().forEach(WorkerConnection::retiring);
    }

    /**
     * Takes a worker that has ended out of service. Its exchanges are not told that it retires: each finds its connection closed.
     *
     * @param worker serving or not
     */
    public void remove(ServingWorker worker) {
        List<WorkerConnection> unused = worker.retire(); // first: serve() must not add it again
        lock.lock();
        try {
            workers.remove(worker);
        } finally {
            lock.unlock();
        }
        unused.forEach(WorkerConnection::close);
    }

    /** Refuses every request from now on, and those that wait. Exchanges that are under way go on. */
    public void refuseAll() {
        refuseAll(stopped());
    }

    /** The loop has failed, and no answer can be received any more: refuses all requests, and ends all exchanges. */
    private void loseAll() {
        refuseAll(new RefusedException(
                "no answer of a worker can be received any more, because a system call failed (the log says"
                        + " which). Fix: deploy the application again"));
        stillBusy().forEach(WorkerConnection::giveUp);
        awaitNoEnds();
        leftovers.forEach(loop::executeAlways);
    }

    /** No report can come any more. */
    private void awaitNoEnds() {
        awaitingEnds.forEach(loop::executeAlways);
    }

    /**
     * Registers an exchange that has released its connection and still needs the loop. It would never end if the loop did before.
     *
     * @param ending ends it; run on the loop when this dispatcher is closed, unless {@link #forget} comes before
     */
    public void remember(Runnable ending) {
        leftovers.add(ending);
    }

    /**
     * Takes back what {@link #remember} did.
     *
     * @param ending the same object
     */
    public void forget(Runnable ending) {
        leftovers.remove(ending);
    }

    private void refuseAll(RefusedException why) {
        List<Claim> refused;
        lock.lock();
        try {
            isClosed = true;
            refusal = refusal == null ? why : refusal;
            refused = line.clear();
        } finally {
            lock.unlock();
        }
        refuse(refused, why);
    }

    /** Ends the remaining exchanges after all workers have ended. Bytes that they sent are still read, and every request is answered. */
    @Override
    public void close() {
        try {
            refuseAll();
            loop.settle();
            stillBusy().forEach(WorkerConnection::giveUp);
            loop.settle();
            awaitNoEnds();
            loop.settle();
            leftovers.forEach(loop::executeAlways);
            loop.settle();
        } finally {
            loop.stop();
        }
    }

    private List<WorkerConnection> stillBusy() {
        return List.copyOf(busy);
    }

    /**
     * How many requests wait.
     *
     * @return the count at this moment
     */
    public int waiting() {
        lock.lock();
        try {
            return line.length();
        } finally {
            lock.unlock();
        }
    }
}

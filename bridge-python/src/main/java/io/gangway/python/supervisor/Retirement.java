package io.gangway.python.supervisor;

import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.partitioningBy;

import io.gangway.python.dispatch.Dispatcher;
import io.gangway.python.dispatch.ServingWorker;
import io.gangway.python.dispatch.WorkerConnection;
import io.gangway.python.loop.EventLoop;
import io.gangway.python.loop.LoopLogger;
import io.gangway.python.protocol.FrameEncoder;
import io.gangway.python.protocol.FrameType;
import io.gangway.python.supervisor.Worker.State;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Ends workers with as little harm to their requests as possible. Belongs to the event loop. */
final class Retirement {
    /** How long a worker that should end by itself may take before it is killed. */
    static final Duration KILL_AFTER = Duration.ofSeconds(2);

    /**
     * The min time that a worker has for its end, above all for its atexit handlers, also if its requests get less: a stop that should be
     * immediate still is.
     */
    private static final Duration EXIT_TIME = Duration.ofMillis(300);

    /** How often it is checked whether the other requests of a worker that timed out have finished. */
    private static final Duration OTHERS_INTERVAL = Duration.ofMillis(20);

    /** Max number of requests that a message names. */
    private static final int NAMED_REQUESTS = 10;

    private static final Logger LOG = LoopLogger.of("io.gangway.python");

    private final EventLoop loop;
    private final Dispatcher dispatcher;
    private final Plan.Limits limits;

    Retirement(Context context) {
        this.loop = context.loop();
        this.dispatcher = context.dispatcher();
        this.limits = context.plan().limits();
    }

    /** When a stop with this grace is over: by then workers have ended by themselves, or are to be killed. */
    static Duration endOf(Duration grace) {
        return atLeastExitTime(grace).plus(EXIT_TIME);
    }

    private static Duration atLeastExitTime(Duration grace) {
        return grace.compareTo(EXIT_TIME) < 0 ? EXIT_TIME : grace;
    }

    /** Lets a worker finish its requests and end by itself. */
    void retire(Worker worker, Duration graceOfRequests) {
        worker.state = State.RETIRING;
        Duration grace = atLeastExitTime(graceOfRequests);
        ServingWorker serving = worker.serving;
        Link control = worker.control;
        if (serving == null || control == null) {
            worker.kill();
            return;
        }
        // RETIRE first: without it, the worker would open its closed connections again.
        control.send(FrameEncoder.fields(FrameType.RETIRE, List.of(Double.toString(grace.toMillis() / 1000.0))));
        dispatcher.retire(serving);
        loop.schedule(grace.plus(KILL_AFTER), worker::killIfAlive);
    }

    /**
     * Answers the requests that a worker keeps waiting, has it write its stacks, and ends it. Its other requests may take the graceful
     * timeout to finish.
     */
    void timeOut(Worker worker, ServingWorker serving) {
        if (worker.isKilled) {
            return;
        }
        worker.state = State.RETIRING;
        dispatcher.retire(serving);
        // Read after retire: no exchange can follow one that ends now, so that the names below are those of the late
        // ones.
        Map<Boolean, List<WorkerConnection>> busy = serving.busy().stream().collect(partitioningBy(limits::isLate));
        List<WorkerConnection> late = busy.getOrDefault(true, List.of());
        List<WorkerConnection> others = busy.getOrDefault(false, List.of());
        boolean isFirst = !worker.isTimedOut;
        worker.isTimedOut = true;
        LOG.log(Level.ERROR, () -> message(worker, late, isFirst));
        late.forEach(WorkerConnection::timeOut);
        if (others.isEmpty()) {
            abort(worker);
            return;
        }
        late.forEach(WorkerConnection::close);
        if (isFirst) {
            dump(worker);
            Duration grace = limits.gracefulTimeout();
            loop.schedule(grace.plus(KILL_AFTER), worker::killIfAlive); // even if a check below throws
            awaitOthers(worker, serving, System.nanoTime() + grace.toNanos());
        }
    }

    /** Answers all requests of a worker whose event loop hangs, has it write its stacks, and ends it. */
    void endHanging(Worker worker, ServingWorker serving) {
        if (worker.isKilled) {
            return;
        }
        worker.state = State.RETIRING;
        worker.isTimedOut = true;
        dispatcher.retire(serving);
        List<WorkerConnection> late = serving.busy();
        LOG.log(
                Level.ERROR,
                () -> "worker " + worker.pid() + "'s event loop has not turned for longer than the "
                        + limits.requestTimeout().toMillis() + " ms of gangway.request-timeout, and keeps "
                        + (late.isEmpty() ? "no request" : named(late))
                        + " waiting: it is asked for the stacks of its threads, killed and replaced");
        late.forEach(WorkerConnection::timeOut);
        abort(worker);
    }

    /** The first requests: there may be thousands. */
    private static String named(List<WorkerConnection> connections) {
        String first = connections.stream()
                .limit(NAMED_REQUESTS)
                .map(WorkerConnection::request)
                .collect(joining(", "));
        int more = connections.size() - NAMED_REQUESTS;
        return more > 0 ? first + " and " + more + " more" : first;
    }

    private String message(Worker worker, List<WorkerConnection> late, boolean isFirst) {
        String requests =
                String.join(", ", late.stream().map(WorkerConnection::request).toList());
        return "worker " + worker.pid() + " keeps " + requests + " waiting for longer than the "
                + limits.requestTimeout().toMillis() + " ms of gangway.request-timeout: "
                + (isFirst
                        ? "it is asked for the stacks of its threads, killed and replaced"
                        : "it is being replaced already");
    }

    static void dump(Worker worker) {
        Link control = worker.control;
        if (control != null) {
            control.send(FrameEncoder.empty(FrameType.DUMP));
        }
    }

    private void abort(Worker worker) {
        worker.abort();
        killLater(worker);
    }

    /** If another request hangs too, perhaps in native code, the signal that ends the worker has it write its stacks once more. */
    private void awaitOthers(Worker worker, ServingWorker serving, long deadline) {
        if (worker.isKilled || worker.hasEnded()) {
            return;
        }
        if (serving.busy().isEmpty()) {
            worker.kill();
        } else if (System.nanoTime() - deadline > 0) {
            abort(worker);
        } else {
            loop.schedule(OTHERS_INTERVAL, () -> awaitOthers(worker, serving, deadline));
        }
    }

    void killLater(Worker worker) {
        loop.schedule(KILL_AFTER, worker::killIfAlive);
    }

    /** Clears up behind a worker that has ended. */
    void ended(Worker worker) {
        if (worker.serving != null) {
            dispatcher.remove(worker.serving);
        }
        // Requests that were under way read this file to learn whether they had been taken.
        loop.schedule(KILL_AFTER, () -> deleteQuietly(worker.slotFile));
    }

    /** A file that cannot be deleted is left to the end of its directory. */
    static void deleteQuietly(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "deleting a slot file", e);
        }
    }
}

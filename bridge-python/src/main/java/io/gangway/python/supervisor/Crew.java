package io.gangway.python.supervisor;

import static io.gangway.wsgi.RuleViolation.quote;

import io.gangway.log.FileProblem;
import io.gangway.python.dispatch.Dispatcher;
import io.gangway.python.dispatch.ServingWorker;
import io.gangway.python.dispatch.WorkerEnd;
import io.gangway.python.loop.LoopLogger;
import io.gangway.python.protocol.FrameEncoder;
import io.gangway.python.protocol.FrameType;
import io.gangway.python.supervisor.Reception.Guest;
import io.gangway.python.supervisor.Worker.State;
import io.gangway.wsgi.Escapes;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;

/**
 * The workers of a generation.
 *
 * <p>The rule that it restores after every event: as many workers are starting or ready as wanted, and workers that leave go on
 * serving until others have taken their place. Belongs to the event loop.
 */
final class Crew implements WorkerLinks.Owner {
    /** A worker that ends after this time counts as a successful start: its replacement is started without a pause. */
    private static final Duration PROVEN_AFTER = Duration.ofSeconds(5);

    private static final Logger LOG = LoopLogger.of("io.gangway.python");

    private final Context context;
    private final Plan plan;
    private final Headcount headcount;
    private final Dispatcher dispatcher;
    private final Owner owner;
    private final Retirement retirement;
    private final WorkerLinks links;
    private final WorkerWatch watch;
    private final Backoff backoff = new Backoff();
    private final Map<String, Worker> workers = new LinkedHashMap<>();

    /** Starts the workers, and is told of their states. */
    interface Owner {
        /** Whether more workers may be started now. */
        boolean canFork();

        /** Starts a worker. */
        void fork(String token, Path slotFile);

        /** Whether workers that are ready get requests. */
        boolean isServing();

        /** As many workers are ready as wanted. */
        void crewComplete();

        /** The last worker has ended. */
        void crewEmpty();

        /** A worker ended before it was ready. */
        void workerFailed(Exception problem);
    }

    Crew(Context context, Owner owner) {
        this.context = context;
        this.plan = context.plan();
        this.headcount = context.headcount();
        this.dispatcher = context.dispatcher();
        this.owner = owner;
        this.retirement = new Retirement(context);
        this.links = new WorkerLinks(context.loop(), plan.slots(), dispatcher, this);
        this.watch = new WorkerWatch(plan.limits(), context.loop(), this);
    }

    boolean isEmpty() {
        return workers.isEmpty();
    }

    /** Whether one of the workers counts as a successful start. */
    boolean isProven() {
        return in(State.READY).anyMatch(this::isProven);
    }

    /** A worker that has served was able to serve, even if a request or another program kills it: it is replaced without a pause. */
    private boolean isProven(Worker worker) {
        ServingWorker serving = worker.serving;
        return worker.age().compareTo(PROVEN_AFTER) > 0 || (serving != null && serving.taken() > 0);
    }

    private Stream<Worker> in(State state) {
        return workers.values().stream().filter(worker -> worker.state == state);
    }

    void tick() {
        List.copyOf(workers.values()).forEach(this::look);
    }

    /** Checks a worker. An exception here must not prevent the next check, or those of the other workers. */
    private void look(Worker worker) {
        try {
            worker.log().tellFullStacks();
            watch.look(worker);
        } catch (RuntimeException | Error e) {
            boolean isFirst = !worker.isLookFailing;
            worker.isLookFailing = true;
            LOG.log(
                    isFirst ? Level.ERROR : Level.DEBUG,
                    "worker " + worker.pid() + " could not be checked this time; the check is repeated",
                    e);
        }
    }

    /** The step that a start which takes too long has reached. */
    String whereabouts() {
        return in(State.STARTING).findFirst().map(this::whereabouts).orElse("all are ready by now");
    }

    private String whereabouts(Worker worker) {
        return worker.pid() == 0
                ? plan.isPreloaded()
                        ? "the launcher has not imported the application yet"
                        : "the launcher has not forked a worker yet"
                : "worker " + worker.pid() + " has been at step " + Escapes.lines(worker.step) + " for "
                        + worker.millisInStep() + " ms";
    }

    // Starting as many workers as wanted.

    /** Starts workers, or lets some leave, because another number is wanted. */
    void recount() {
        fill();
        tellIfComplete();
    }

    private void tellIfComplete() {
        if (in(State.READY).count() >= headcount.workers()) {
            owner.crewComplete();
        }
    }

    /** Starts missing workers, and retires leaving workers that have been replaced. */
    void fill() {
        if (!owner.canFork()) {
            return;
        }
        Duration pause = backoff.left();
        long active = workers.values().stream().filter(Worker::isActive).count();
        if (active < headcount.workers() && !pause.isZero()) {
            context.loop().schedule(pause, this::fill);
        } else {
            for (; active < headcount.workers(); active++) {
                fork();
            }
        }
        letSurplusLeave(active - headcount.workers());
        letReplacedLeave();
    }

    /** The oldest ones, as in gunicorn. Before the generation serves, none of its workers may leave. */
    private void letSurplusLeave(long count) {
        if (owner.isServing() && count > 0) {
            in(State.READY).limit(count).toList().forEach(worker -> worker.state = State.LEAVING);
        }
    }

    private void letReplacedLeave() {
        long surplus = in(State.READY).count() + in(State.LEAVING).count() - headcount.workers();
        in(State.LEAVING)
                .limit(Math.max(0, surplus))
                .toList()
                .forEach(worker -> retirement.retire(worker, plan.limits().gracefulTimeout()));
        if (isWhole()) {
            backoff.succeeds();
        }
    }

    /** While one is missing, the others prove nothing about the starts that fail. */
    private boolean isWhole() {
        return in(State.READY).count() >= headcount.workers() && in(State.READY).allMatch(this::isProven);
    }

    private void fork() {
        String token = Tokens.next();
        Path slotFile = context.directory().resolve(token.substring(0, 16) + ".slots");
        try {
            Files.write(slotFile, new byte[plan.slots()]);
            plan.identity().give(slotFile);
        } catch (IOException e) {
            Retirement.deleteQuietly(slotFile);
            backoff.fails();
            owner.workerFailed(new IOException("step slots: no file can be made in "
                    + quote(context.directory().toString()) + ": " + FileProblem.inWords(e)
                    + ". Fix: make room there"));
            return;
        }
        workers.put(token, new Worker(token, slotFile, plan.limits().requestsAllowed(ThreadLocalRandom.current())));
        owner.fork(token, slotFile);
    }

    /** Puts the workers that are ready into service. */
    void serve() {
        in(State.READY).forEach(this::serve);
        fill(); // fewer may be wanted by now
    }

    private void serve(Worker worker) {
        dispatcher.serve(worker.serving(plan.slots()));
    }

    // Ending workers.

    /** Replaces a worker: it serves until its replacement does. */
    void replace(Worker worker, String why) {
        if (worker.state == State.READY && owner.isServing()) {
            LOG.log(Level.INFO, () -> "worker " + worker.pid() + " is replaced: " + why);
            worker.state = State.LEAVING;
            fill();
        }
    }

    /** Replaces a worker one of whose threads does not return from a call, and has it write its stacks to the log. */
    void replaceStuck(Worker worker) {
        Retirement.dump(worker);
        replace(
                worker,
                "one of its threads has been busy for longer than gangway.request-timeout with a request whose client has left"
                        + " (what its threads are doing is logged, if it can tell)");
    }

    /** Ends a worker that keeps requests waiting, and has it write its stacks to the log. */
    void timeOut(Worker worker, ServingWorker serving) {
        retirement.timeOut(worker, serving);
        fill();
    }

    /** Has a worker whose event loop does not turn write its stacks to the log. */
    void tellHang(Worker worker, ServingWorker serving) {
        LOG.log(
                Level.WARNING,
                () -> "worker " + worker.pid() + "'s event loop has not turned for "
                        + worker.silence().toMillis() + " ms: a call blocks it, and "
                        + waiting(serving.busy().size())
                        + " (what its threads are doing is logged, if it can tell). Fix: await what takes time, or run it in"
                        + " a thread, with asyncio.to_thread");
        Retirement.dump(worker);
    }

    private static String waiting(int count) {
        return count == 1 ? "1 request or WebSocket waits" : count + " requests and WebSockets wait";
    }

    /** Ends a worker whose event loop hangs for too long. */
    void endHanging(Worker worker, ServingWorker serving) {
        retirement.endHanging(worker, serving);
        fill();
    }

    /** Ends a worker that takes too long to become ready. */
    void giveUp(Worker worker) {
        worker.failure = new Failed(worker.step, "it was not ready within gangway.start-timeout", "", "");
        worker.kill();
    }

    /** Regards a worker as ended whose end the launcher has not reported. */
    void missing(Worker worker) {
        worker.kill();
        ended(worker, WorkerEnd.UNKNOWN);
    }

    void retireAll(Duration grace) {
        for (Worker worker : List.copyOf(workers.values())) {
            if (worker.state == State.STARTING) {
                worker.state = State.RETIRING;
                worker.kill();
            } else if (worker.state != State.RETIRING) {
                retirement.retire(worker, grace);
            }
        }
    }

    void killAll() {
        for (Worker worker : workers.values()) {
            worker.state = State.RETIRING;
            worker.kill();
        }
    }

    /** The launcher is gone: it can neither report how workers end nor start others. Workers that serve go on. */
    void orphan() {
        for (Worker worker : List.copyOf(workers.values())) {
            worker.isOrphan = true;
            if (worker.state == State.STARTING || worker.control == null) {
                worker.state = State.RETIRING;
                worker.kill();
                ended(worker, WorkerEnd.UNKNOWN);
            } else if (worker.state == State.READY) {
                worker.state = State.LEAVING;
            }
        }
    }

    /** Kills the remaining workers after the loop has ended. */
    void end() {
        List<Worker> left = List.copyOf(workers.values());
        left.forEach(Worker::kill); // before anything else, which might fail
        for (Worker worker : left) {
            worker.ended(WorkerEnd.UNKNOWN);
            if (worker.serving != null) {
                dispatcher.retire(worker.serving);
            }
        }
    }

    // Reports of the launcher.

    void workerStarted(String token, long pid) {
        Worker worker = workers.get(token);
        if (worker != null) {
            worker.processKnown(pid);
        }
    }

    /** A worker has ended. Its connections are read first, because they may tell why. */
    void workerEnded(String token, WorkerEnd how) {
        context.loop().executeAfterReading(() -> {
            Worker worker = workers.get(token);
            if (worker != null) {
                ended(worker, how);
            }
        });
    }

    private void ended(Worker worker, WorkerEnd how) {
        if (workers.remove(worker.token) == null) {
            return;
        }
        worker.ended(how);
        retirement.ended(worker);
        if (worker.state == State.STARTING) {
            backoff.fails();
            owner.workerFailed(BootFailure.of(plan, worker, how));
        } else if (worker.state != State.RETIRING) {
            LOG.log(Level.ERROR, () -> "worker " + worker.pid() + " " + how.inWords() + "; it is replaced");
            if (isProven(worker)) {
                backoff.succeeds();
            } else {
                backoff.fails();
            }
        }
        if (workers.isEmpty()) {
            owner.crewEmpty();
        }
        fill();
    }

    // Frames of the workers.

    /** Takes a connection, if a worker of this crew opened it. Returns whether it did. */
    boolean admit(Guest guest) {
        Worker worker = workers.get(guest.token());
        if (worker == null) {
            return false;
        }
        links.add(worker, guest);
        return true;
    }

    @Override
    public void ready(Worker worker, List<String> told) {
        worker.state = State.READY;
        worker.readyAt = System.nanoTime();
        worker.beatAt = worker.readyAt;
        boolean isAsgi = told.get(0).equals("asgi");
        if (isAsgi) {
            worker.serving(plan.slots())
                    .opensOnDemand(Integer.parseInt(told.get(3)), plan.concurrency(), total -> open(worker, total));
        }
        if (owner.isServing()) {
            serve(worker);
        }
        LOG.log(
                Level.INFO,
                () -> "worker " + worker.pid() + " is ready after " + Escapes.lines(told.get(2)) + " ms: Python "
                        + Escapes.lines(told.get(1)) + ", "
                        + (isAsgi
                                ? "ASGI, up to " + plan.concurrency() + " requests and WebSockets at once"
                                : plan.threads() + " threads"));
        fill();
        tellIfComplete();
    }

    /** Asks a worker to have so many exchange connections. Any thread may call it. */
    private void open(Worker worker, int total) {
        context.loop().execute(() -> {
            Link control = worker.control;
            if (control != null && worker.state != State.RETIRING) {
                control.send(FrameEncoder.fields(FrameType.OPEN, List.of(Integer.toString(total))));
            }
        });
    }

    @Override
    public void controlEnded(Worker worker) {
        if (worker.isOrphan) {
            worker.kill();
            ended(worker, WorkerEnd.UNKNOWN);
        } else {
            retirement.killLater(worker);
        }
    }
}

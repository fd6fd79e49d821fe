package io.gangway.python.supervisor;

import io.gangway.deploy.DeploymentException;
import io.gangway.python.dispatch.Dispatcher;
import io.gangway.python.dispatch.ServingWorker;
import io.gangway.python.dispatch.WorkerConnection;
import io.gangway.python.dispatch.WorkerEnd;
import io.gangway.python.protocol.Frame;
import io.gangway.python.protocol.FrameEncoder;
import io.gangway.python.protocol.FrameType;
import io.gangway.python.protocol.ProtocolException;
import io.gangway.python.supervisor.Reception.Guest;
import io.gangway.python.supervisor.Worker.State;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Keeps as many workers serving as planned.
 *
 * <p>The rule that it returns to after every event: as many workers are starting or ready as planned, and those that leave go on
 * serving until somebody has taken their place. All methods but the package's entry points run on the event loop.
 */
final class Supervisor implements LauncherKeeper.Owner {
    /** A worker that served for as long was no bad start: the next one comes at once. */
    private static final Duration YOUTH = Duration.ofSeconds(5);

    /** After this, a worker that was to end by itself is killed. */
    private static final Duration KILL_AFTER = Duration.ofSeconds(2);

    private static final Logger LOG = System.getLogger("io.gangway.python");

    private final Plan plan;
    private final Path directory;
    private final EventLoop loop;
    private final Dispatcher dispatcher;
    private final Reception reception;
    private final Watch watch;
    private final LauncherKeeper launchers;
    private final Backoff backoff = new Backoff();
    private final CompletableFuture<Void> booted = new CompletableFuture<>();
    private final CompletableFuture<Void> emptied = new CompletableFuture<>();

    private final Map<String, Worker> workers = new LinkedHashMap<>();
    private boolean isStopping;

    Supervisor(Plan plan, Path directory, Path workerPackage, EventLoop loop, Dispatcher dispatcher)
            throws IOException {
        this.plan = plan;
        this.directory = directory;
        this.loop = loop;
        this.dispatcher = dispatcher;
        Path socket = directory.resolve("gangway.sock");
        this.launchers = new LauncherKeeper(plan, directory, workerPackage, socket, loop, this);
        this.reception = new Reception(loop, socket, this::introduced);
        this.watch = new Watch(plan, dispatcher, this);
    }

    // For other threads.

    /** Completes when all workers are ready; exceptionally, with the reason, if one cannot be. */
    CompletableFuture<Void> boot() {
        loop.execute(this::open);
        return booted;
    }

    /** Completes when no worker is left; they have the graceful timeout to finish. */
    CompletableFuture<Void> retireAll() {
        loop.execute(this::stop);
        return emptied;
    }

    /** Ends what is left, when the loop has ended. */
    void end() {
        isStopping = true;
        reception.close();
        for (Worker worker : List.copyOf(workers.values())) {
            worker.kill();
            worker.ended(WorkerEnd.UNKNOWN);
            if (worker.serving != null) {
                dispatcher.retire(worker.serving);
            }
        }
        launchers.end();
    }

    /** Where a boot stands that takes too long. */
    CompletableFuture<String> whereabouts() {
        CompletableFuture<String> where = new CompletableFuture<>();
        loop.execute(() -> where.complete(describe()));
        return where;
    }

    private String describe() {
        if (launchers.link() == null || workers.isEmpty()) {
            return plan.isPreloaded()
                    ? "the launcher has not imported the application yet"
                    : "the launcher has not connected yet";
        }
        return workers.values().stream()
                .filter(worker -> worker.state == State.STARTING)
                .findFirst()
                .map(worker -> "worker " + worker.pid() + " is at step " + Printable.of(worker.step) + " since "
                        + worker.millisInStep() + " ms")
                .orElse("all are ready by now");
    }

    // The launcher.

    private void open() {
        try {
            reception.open();
        } catch (IOException e) {
            booted.completeExceptionally(e);
            return;
        }
        launchers.launch();
        tick();
    }

    private void tick() {
        launchers.tick();
        watch.tick(List.copyOf(workers.values()));
        loop.schedule(watch.interval(), this::tick);
    }

    @Override
    public void launcherNotStarted(IOException problem) {
        booted.completeExceptionally(problem);
        LOG.log(Level.ERROR, "the launcher of the Python workers could not be started", problem);
        backoff.diedYoung();
        launchers.launchAfter(backoff.pause());
    }

    @Override
    public void launcherConnected() {
        reconcile();
    }

    @Override
    public void launcherEnded(Launcher ended) {
        if (!booted.isDone()) {
            List<String> failed = ended.failure;
            booted.completeExceptionally(
                    failed != null
                            ? BootFailure.told(plan, failed)
                            : BootFailure.ended(
                                    "the launcher",
                                    ended.end(),
                                    "launch",
                                    ended.log().lastLines(),
                                    plan.isPreloaded()));
        }
        if (isStopping || booted.isCompletedExceptionally()) {
            return;
        }
        LOG.log(
                Level.ERROR,
                () -> "the launcher of the Python workers, process " + ended.pid() + ", " + ended.end()
                        + "; it is started again, and the workers are replaced");
        for (Worker worker : List.copyOf(workers.values())) {
            worker.isOrphan = true;
            if (worker.state == State.STARTING) {
                worker.kill();
                workerEnded(worker, WorkerEnd.UNKNOWN);
            } else if (worker.state == State.READY) {
                worker.state = State.LEAVING;
            }
        }
        backoff.diedYoung();
        launchers.launchAfter(backoff.pause());
    }

    // The workers.

    @Override
    public void workerStarted(String token, long pid) {
        Worker worker = workers.get(token);
        if (worker != null) {
            worker.isProcess(pid);
        }
    }

    @Override
    public void workerEnded(String token, WorkerEnd how) {
        Worker worker = workers.get(token);
        if (worker != null) {
            workerEnded(worker, how);
        }
    }

    private void introduced(Guest guest) {
        if (guest.purpose() == Reception.Purpose.LAUNCHER) {
            launchers.introduced(guest);
            return;
        }
        Worker worker = workers.get(guest.token());
        if (worker == null) {
            guest.refuse();
            return;
        }
        worker.isProcess(guest.pid());
        switch (guest.purpose()) {
            case CONTROL -> {
                worker.control = Link.ofFrames(guest, frame -> fromWorker(worker, frame), () -> controlEnded(worker));
                worker.control.begin();
            }
            case STDOUT -> worker.addOutput(Link.ofLines(guest, new LineSplitter(worker.log()::stdout)));
            case STDERR -> worker.addOutput(Link.ofLines(guest, new LineSplitter(worker.log()::stderr)));
            default -> addExchange(worker, guest);
        }
    }

    private void addExchange(Worker worker, Guest guest) {
        if (guest.slot() < 0 || guest.slot() >= plan.threads()) {
            guest.refuse();
            return;
        }
        guest.key().cancel();
        try {
            guest.channel().configureBlocking(true);
        } catch (IOException e) {
            guest.refuse();
            return;
        }
        dispatcher.add(
                new WorkerConnection(worker.serving(plan.threads()), guest.slot(), guest.channel(), guest.decoder()));
    }

    private void fromWorker(Worker worker, Frame frame) throws ProtocolException {
        switch (frame.type()) {
            case STEP -> worker.begin(frame.fields(2).get(0));
            case READY -> ready(worker, frame.fields(3));
            case FAILED -> worker.failure = frame.fields(3);
            case LOG -> worker.log().record(frame);
            case BEAT -> worker.stepAt = System.nanoTime();
            default -> throw new ProtocolException(frame.type() + " from a worker's control connection");
        }
    }

    private void ready(Worker worker, List<String> told) {
        if (worker.state != State.STARTING) {
            return;
        }
        worker.state = State.READY;
        worker.readyAt = System.nanoTime();
        dispatcher.serve(worker.serving(plan.threads()));
        LOG.log(
                Level.INFO,
                () -> "worker " + worker.pid() + " is ready after " + Printable.of(told.get(2)) + " ms: Python "
                        + Printable.of(told.get(1)) + ", " + plan.threads() + " threads");
        reconcile();
        if (workers.values().stream().filter(each -> each.state == State.READY).count() >= plan.workers()) {
            booted.complete(null);
        }
    }

    /** Without its control connection, a worker ends; only of an orphan nobody else will tell. */
    private void controlEnded(Worker worker) {
        if (worker.isOrphan) {
            worker.kill();
            workerEnded(worker, WorkerEnd.UNKNOWN);
        } else {
            loop.schedule(KILL_AFTER, () -> killIfPresent(worker));
        }
    }

    private void killIfPresent(Worker worker) {
        if (workers.containsKey(worker.token)) {
            worker.kill();
        }
    }

    private void workerEnded(Worker worker, WorkerEnd how) {
        if (workers.remove(worker.token) == null) {
            return;
        }
        worker.ended(how);
        ServingWorker serving = worker.serving;
        if (serving != null) {
            dispatcher.retire(serving);
        }
        // Requests that were under way read it, to know whether they had been taken.
        loop.schedule(KILL_AFTER, () -> deleteQuietly(worker.slotFile));
        boolean wasStarting = worker.state == State.STARTING;
        if (!booted.isDone() && !isStopping) {
            booted.completeExceptionally(bootFailure(worker, how));
        } else if (!isStopping && worker.state != State.RETIRING) {
            LOG.log(
                    Level.ERROR,
                    () -> "worker " + worker.pid() + " " + how.inWords()
                            + (wasStarting ? " before it was ready" + failureOf(worker) : "") + "; it is replaced");
        }
        if (wasStarting || (worker.state != State.RETIRING && age(worker) < YOUTH.toNanos())) {
            backoff.diedYoung();
        }
        if (isStopping && workers.isEmpty()) {
            emptied.complete(null);
        }
        reconcile();
    }

    private static long age(Worker worker) {
        return System.nanoTime() - worker.startedAt;
    }

    private DeploymentException bootFailure(Worker worker, WorkerEnd how) {
        List<String> failed = worker.failure;
        return failed != null
                ? BootFailure.told(plan, failed)
                : BootFailure.ended(
                        "worker " + worker.pid(),
                        how.inWords(),
                        Printable.of(worker.step),
                        worker.log().lastLines(),
                        plan.isPreloaded());
    }

    private String failureOf(Worker worker) {
        List<String> failed = worker.failure;
        return failed == null ? "" : ": " + BootFailure.told(plan, failed).getMessage();
    }

    /** Starts what is missing, and lets those leave who have been replaced. */
    private void reconcile() {
        Link link = launchers.link();
        if (isStopping || link == null || booted.isCompletedExceptionally()) {
            return;
        }
        Duration pause = backoff.left();
        long active = workers.values().stream().filter(Worker::isActive).count();
        if (active < plan.workers() && !pause.isZero()) {
            loop.schedule(pause, this::reconcile);
        } else {
            for (; active < plan.workers(); active++) {
                fork(link);
            }
        }
        letReplacedLeave();
    }

    private void letReplacedLeave() {
        long surplus = workers.values().stream()
                        .filter(worker -> worker.state == State.READY || worker.state == State.LEAVING)
                        .count()
                - plan.workers();
        for (Worker worker : List.copyOf(workers.values())) {
            if (surplus > 0 && worker.state == State.LEAVING) {
                surplus--;
                retire(worker);
            }
        }
        if (workers.values().stream().anyMatch(it -> it.state == State.READY && age(it) > YOUTH.toNanos())) {
            backoff.livesLong();
        }
    }

    private void fork(Link to) {
        String token = Tokens.next();
        Path slotFile = directory.resolve(token.substring(0, 16) + ".slots");
        try {
            Files.write(slotFile, new byte[plan.threads()]);
        } catch (IOException e) {
            LOG.log(Level.ERROR, "a worker could not be started: no slot file could be written", e);
            booted.completeExceptionally(e);
            backoff.diedYoung();
            return;
        }
        int most = plan.limits().maxRequests();
        int jitter = plan.limits().maxRequestsJitter();
        long allowed =
                most == 0 ? Long.MAX_VALUE : most + ThreadLocalRandom.current().nextLong(jitter + 1L);
        workers.put(token, new Worker(token, slotFile, allowed));
        to.send(FrameEncoder.fields(FrameType.FORK, List.of(token, slotFile.toString())));
    }

    /** Has a worker replaced: it serves until the next one does. */
    void replace(Worker worker, String why) {
        if (worker.state == State.READY && !isStopping) {
            LOG.log(Level.INFO, () -> "worker " + worker.pid() + " is replaced: " + why);
            worker.state = State.LEAVING;
            reconcile();
        }
    }

    /** Ends a worker that keeps a request waiting; what it is doing is in the log then. */
    void abort(Worker worker, List<WorkerConnection> late) {
        ServingWorker serving = worker.serving;
        if (worker.isKilled || serving == null) {
            return;
        }
        late.forEach(WorkerConnection::timeOut);
        String requests =
                String.join(", ", late.stream().map(WorkerConnection::request).toList());
        LOG.log(
                Level.ERROR,
                () -> "worker " + worker.pid() + " keeps " + requests + " waiting for longer than the "
                        + plan.limits().requestTimeout().toMillis()
                        + " ms of gangway.request-timeout: it writes its stacks, is killed and replaced");
        worker.state = State.RETIRING;
        dispatcher.retire(serving);
        worker.abort();
        loop.schedule(KILL_AFTER, () -> killIfPresent(worker));
        reconcile();
    }

    private void retire(Worker worker) {
        worker.state = State.RETIRING;
        Duration grace = plan.limits().gracefulTimeout();
        ServingWorker serving = worker.serving;
        Link control = worker.control;
        if (serving == null || control == null) {
            worker.kill();
            return;
        }
        // RETIRE first: a connection that ends before it would be opened again.
        control.send(FrameEncoder.fields(FrameType.RETIRE, List.of(Double.toString(grace.toMillis() / 1000.0))));
        dispatcher.retire(serving);
        loop.schedule(grace.plus(KILL_AFTER), () -> killIfPresent(worker));
    }

    private void stop() {
        isStopping = true;
        dispatcher.close();
        booted.completeExceptionally(new IOException("it was stopped while it started"));
        for (Worker worker : new ArrayList<>(workers.values())) {
            if (worker.state == State.STARTING) {
                worker.kill();
            } else if (worker.state != State.RETIRING) {
                retire(worker);
            }
        }
        if (workers.isEmpty()) {
            emptied.complete(null);
        }
        loop.schedule(plan.limits().gracefulTimeout().plus(KILL_AFTER).plus(KILL_AFTER), () -> emptied.complete(null));
    }

    private static void deleteQuietly(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "deleting a slot file", e);
        }
    }
}

package io.gangway.python.supervisor;

import io.gangway.deploy.Supervised;
import io.gangway.python.loop.EventLoop;
import io.gangway.python.loop.LoopLogger;
import io.gangway.python.supervisor.Generation.Phase;
import io.gangway.python.supervisor.Reception.Guest;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Keeps one generation of workers serving, and prepares the next one when the code has changed or a launcher was lost.
 *
 * <p>A generation that is ready replaces the earlier ones; one that fails changes nothing. All methods but those for other threads run
 * on the event loop.
 */
final class Supervisor implements Generation.Owner {
    /** How many generations may open connections at once: the one that serves, the next one, and one that the next has overtaken. */
    private static final int GENERATIONS = 3;

    /** A reload begins; its end is told as READY=1. */
    private static final String RELOADING = "RELOADING=1";

    private static final Logger LOG = LoopLogger.of("io.gangway.python");

    private final Context context;
    private final EventLoop loop;
    private final Reception reception;
    private final Backoff backoff = new Backoff();
    private final CompletableFuture<Void> booted = new CompletableFuture<>();
    private final CompletableFuture<Void> emptied = new CompletableFuture<>();

    /** All generations that have processes, the oldest first. */
    private final Set<Generation> generations = new LinkedHashSet<>();

    private @Nullable Generation next;
    private boolean isStopping;

    /** Why the workers do not run the current code; null if they do. */
    private volatile @Nullable String problem;

    Supervisor(Context context) throws IOException {
        this.context = context;
        this.loop = context.loop();
        this.reception = new Reception(loop, context.socket(), this::connections, this::introduced);
    }

    // For other threads.

    /** Completes when all workers are ready; exceptionally, with the reason, if one cannot be started. */
    CompletableFuture<Void> boot() {
        if (!loop.execute(this::open)) {
            booted.completeExceptionally(new IOException("its event loop has ended"));
        }
        return booted;
    }

    /** Replaces all workers by new ones that run the current code. */
    void reload(String why) {
        loop.execute(() -> {
            if (booted.isDone() && !isStopping) {
                LOG.log(Level.INFO, () -> "reloading, because of " + why);
                tellManager(RELOADING);
                prepare();
            }
        });
    }

    /** Changes the number of workers. */
    void change(int difference, String why) {
        loop.execute(() -> {
            if (isStopping || !context.headcount().change(difference)) {
                return;
            }
            LOG.log(Level.INFO, () -> "workers: " + context.headcount().workers() + " from now on, because of " + why);
            List.copyOf(generations).forEach(Generation::recount);
        });
    }

    /** Tells the service manager a state, in the words of sd_notify(3). */
    void tell(String state) {
        loop.execute(() -> tellManager(state));
    }

    private void tellManager(String state) {
        generations.stream()
                .filter(generation -> generation.isIn(Phase.SERVING) && generation.hasLauncher())
                .findFirst()
                .ifPresent(generation -> generation.tell(state));
    }

    /** Why the last reload failed, if it did. */
    Optional<String> problem() {
        return Optional.ofNullable(problem);
    }

    /** Completes when no worker is left; they have this time to finish their requests. */
    CompletableFuture<Void> retireAll(Duration grace) {
        if (!loop.execute(() -> stop(grace))) {
            emptied.complete(null); // nobody is left who could wait for them
        }
        return emptied;
    }

    /** The event loop has failed, and has ended. */
    void leftAlone() {
        booted.completeExceptionally(new IOException("its event loop failed"));
        emptied.complete(null);
        LOG.log(
                Level.ERROR,
                "Python workers are not supervised any more, because a system call of their event loop failed (see above):"
                        + " workers that run go on serving, and none is replaced. Fix: deploy the application again");
    }

    /** Kills the remaining processes after the loop has ended. A failure with one generation does not keep the next one running. */
    void end() {
        for (Generation generation : List.copyOf(generations)) {
            try {
                generation.end();
            } catch (RuntimeException | Error e) {
                LOG.log(Level.ERROR, "Python workers did not end cleanly", e);
            }
        }
        reception.close();
    }

    // On the event loop.

    private void open() {
        try {
            reception.open();
            loop.repeat(WorkerWatch.interval(context.plan().limits()), this::tick);
            prepare();
        } catch (IOException | RuntimeException | Error e) { // the thread that waits for the start must get it
            booted.completeExceptionally(e);
        }
    }

    /** Checks all generations. An exception for one of them must not keep the others from being checked. */
    private void tick() {
        for (Generation generation : List.copyOf(generations)) {
            try {
                generation.tick();
                if (generation.isProven()) {
                    backoff.succeeds();
                }
            } catch (RuntimeException | Error e) {
                LOG.log(Level.ERROR, "a generation of Python workers could not be checked this time", e);
            }
        }
    }

    private void introduced(Guest guest) {
        if (List.copyOf(generations).stream().noneMatch(generation -> generation.admit(guest))) {
            guest.refuse();
        }
    }

    /** Max connections of all generations. */
    private int connections() {
        return context.plan().connections(context.headcount().workers()) * GENERATIONS;
    }

    /** Begins a generation. One that was still being prepared is ended. */
    private void prepare() {
        Generation overtaken = next;
        if (overtaken != null) {
            overtaken.leave(gracefulTimeout());
        }
        Generation begun = new Generation(context, this);
        next = begun;
        generations.add(begun);
        begun.begin();
    }

    private Duration gracefulTimeout() {
        return context.plan().limits().gracefulTimeout();
    }

    @Override
    public void ready(Generation generation) {
        next = null;
        generation.serve();
        for (Generation other : List.copyOf(generations)) {
            if (other != generation && other.isIn(Phase.SERVING)) {
                other.leave(gracefulTimeout());
            }
        }
        if (!booted.complete(null)) {
            LOG.log(
                    Level.INFO,
                    () -> "new workers serve after " + generation.millisSinceStart() + " ms; the old ones leave");
            tellManager(Supervised.ServiceState.READY.text());
        }
        problem = null;
    }

    @Override
    public void failed(Generation generation, Exception why) {
        next = null;
        if (booted.completeExceptionally(why) || isStopping) {
            return;
        }
        problem = why.getMessage();
        LOG.log(Level.ERROR, () -> "new workers could not be started; the old ones go on serving: " + why.getMessage());
        tellManager(Supervised.ServiceState.READY.text());
        if (generations.stream().noneMatch(it -> it.isIn(Phase.SERVING) && it.hasLauncher())) {
            prepareAfterPause();
        }
    }

    @Override
    public void launcherLost(Generation generation) {
        prepareAfterPause();
    }

    /** Prepares a new generation: the serving one has no launcher that could replace its workers. */
    private void prepareAfterPause() {
        backoff.fails();
        loop.schedule(backoff.pause(), () -> {
            if (!isStopping && next == null) {
                prepare();
            }
        });
    }

    @Override
    public void gone(Generation generation) {
        generations.remove(generation);
        completeIfEmpty();
    }

    private void completeIfEmpty() {
        if (isStopping && generations.isEmpty()) {
            emptied.complete(null);
        }
    }

    private void stop(Duration grace) {
        isStopping = true;
        // Scheduled first, so that the stop ends even if a call below throws. Generations that left earlier may still
        // have time: the thread that waits for this stop kills their processes.
        loop.schedule(Retirement.endOf(grace), () -> emptied.complete(null));
        context.dispatcher().refuseAll();
        booted.completeExceptionally(new IOException("it was stopped while it started"));
        for (Generation generation : List.copyOf(generations)) {
            if (!generation.isIn(Phase.LEAVING)) {
                generation.leave(grace);
            }
        }
        completeIfEmpty();
    }
}

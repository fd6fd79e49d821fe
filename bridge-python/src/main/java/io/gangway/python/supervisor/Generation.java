package io.gangway.python.supervisor;

import io.gangway.python.dispatch.WorkerEnd;
import io.gangway.python.loop.LoopLogger;
import io.gangway.python.supervisor.Reception.Guest;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One launcher and the workers that it forks: they all run the code as it was when the launcher began.
 *
 * <p>A generation is prepared, then serves, then leaves. It begins to serve when its owner says so. A generation that is prepared beside
 * it, and may fail, does not affect it: this makes a reload safe. Belongs to the event loop.
 */
final class Generation implements Launcher.Owner, Crew.Owner {
    /** The phases of a generation. */
    enum Phase {
        /** Its workers are being started; the first one that cannot be started ends the generation. */
        PREPARING,
        /** Its workers serve, and workers that end are replaced. */
        SERVING,
        /** Its workers end, and the launcher after them. */
        LEAVING
    }

    /** Is told of the generation's changes. */
    interface Owner {
        /** As many workers are ready as planned. */
        void ready(Generation generation);

        /** The generation cannot become ready; it leaves. */
        void failed(Generation generation, Exception problem);

        /** The generation serves, but can start no worker any more. */
        void launcherLost(Generation generation);

        /** The last process of the generation has ended. */
        void gone(Generation generation);
    }

    private static final Logger LOG = LoopLogger.of("io.gangway.python");

    private final Context context;
    private final Owner owner;
    private final Crew crew;
    private final long startedAt = System.nanoTime();
    private Phase phase = Phase.PREPARING;
    private @Nullable Launcher launcher;

    Generation(Context context, Owner owner) {
        this.context = context;
        this.owner = owner;
        this.crew = new Crew(context, this);
    }

    /** Starts the launcher. The owner is told of the result later. */
    void begin() {
        try {
            launcher = Launcher.start(context, this);
        } catch (IOException | RuntimeException e) {
            context.loop().execute(() -> fail(e));
            return;
        }
        Plan plan = context.plan();
        context.loop().schedule(plan.limits().startTimeout(), () -> {
            if (phase == Phase.PREPARING) {
                fail(BootFailure.late(plan, whereabouts()));
            }
        });
    }

    /** From now on its workers get requests. */
    void serve() {
        phase = Phase.SERVING;
        crew.serve();
    }

    /** Lets it end: those of its workers that serve have this time to finish their requests. */
    void leave(Duration grace) {
        phase = Phase.LEAVING;
        crew.retireAll(grace);
        endIfEmpty();
    }

    private void fail(Exception problem) {
        if (phase == Phase.PREPARING) {
            phase = Phase.LEAVING;
            crew.killAll();
            owner.failed(this, problem);
            endIfEmpty();
        }
    }

    private void endIfEmpty() {
        if (phase != Phase.LEAVING || !crew.isEmpty()) {
            return;
        }
        Launcher last = launcher;
        if (last == null) {
            owner.gone(this);
        } else {
            last.end();
        }
    }

    /** Kills the remaining processes after the loop has ended. */
    void end() {
        phase = Phase.LEAVING;
        Launcher last = launcher;
        try {
            crew.end();
        } finally {
            if (last != null) {
                last.end();
                last.awaitEnd();
            }
        }
    }

    boolean isIn(Phase asked) {
        return phase == asked;
    }

    /** Whether it can start workers. */
    boolean hasLauncher() {
        return launcher != null;
    }

    /** Whether it has been serving for long enough to count as a successful start. */
    boolean isProven() {
        return phase == Phase.SERVING && crew.isProven();
    }

    /** The number of workers that are wanted has changed. */
    void recount() {
        if (phase != Phase.LEAVING) {
            crew.recount();
        }
    }

    /** Tells the service manager a state; without a launcher, nobody can. */
    void tell(String state) {
        if (launcher != null) {
            launcher.tell(state);
        }
    }

    long millisSinceStart() {
        return (System.nanoTime() - startedAt) / 1_000_000;
    }

    void tick() {
        crew.tick();
        if (launcher != null) {
            launcher.readOutput();
        }
    }

    /** Takes a connection, if a process of this generation opened it. */
    boolean admit(Guest guest) {
        return guest.purpose() == Reception.Purpose.LAUNCHER
                ? launcher != null && launcher.admit(guest)
                : crew.admit(guest);
    }

    /** The step that a start which takes too long has reached. */
    private String whereabouts() {
        return launcher == null || !launcher.isConnected() ? "the launcher has not connected yet" : crew.whereabouts();
    }

    // Called by the launcher.

    @Override
    public void launcherConnected() {
        crew.fill();
    }

    @Override
    public void workerStarted(String token, long pid) {
        crew.workerStarted(token, pid);
    }

    @Override
    public void workerEnded(String token, WorkerEnd how) {
        crew.workerEnded(token, how);
    }

    @Override
    public void launcherEnded() {
        Launcher ended = launcher;
        if (ended == null) {
            return;
        }
        launcher = null;
        crew.orphan();
        switch (phase) {
            case PREPARING -> fail(problemOf(ended));
            case SERVING -> {
                LOG.log(
                        Level.ERROR,
                        () -> "the launcher of the Python workers, process " + ended.pid() + ", " + ended.inWords()
                                + "; it is started again, and the workers are replaced");
                owner.launcherLost(this);
            }
            case LEAVING -> endIfEmpty();
        }
    }

    private Exception problemOf(Launcher ended) {
        Plan plan = context.plan();
        Failed failure = ended.failure();
        return failure != null
                ? BootFailure.told(plan, failure)
                : BootFailure.ended("the launcher", ended.inWords(), "launch", ended.lastLines(), plan.isPreloaded());
    }

    // Called by the crew.

    @Override
    public boolean canFork() {
        return phase != Phase.LEAVING && launcher != null && launcher.isConnected();
    }

    @Override
    public void fork(String token, Path slotFile) {
        if (launcher != null) {
            launcher.fork(token, slotFile);
        }
    }

    @Override
    public boolean isServing() {
        return phase == Phase.SERVING;
    }

    @Override
    public void crewComplete() {
        if (phase == Phase.PREPARING) {
            owner.ready(this);
            if (launcher != null) {
                launcher.keepCompiled(); // after the first requests are let in: a few small files, once
            }
        }
    }

    @Override
    public void crewEmpty() {
        endIfEmpty();
    }

    @Override
    public void workerFailed(Exception problem) {
        if (phase == Phase.PREPARING) {
            fail(problem);
        } else {
            LOG.log(
                    Level.ERROR,
                    () -> "a Python worker could not be started; the start is repeated: " + problem.getMessage());
        }
    }
}

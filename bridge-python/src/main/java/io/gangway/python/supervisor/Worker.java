package io.gangway.python.supervisor;

import io.gangway.log.FileProblem;
import io.gangway.python.dispatch.ServingWorker;
import io.gangway.python.dispatch.WorkerEnd;
import io.gangway.python.loop.LoopLogger;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The supervisor's state of one worker. Belongs to the event loop. */
final class Worker {
    /** The phases of a worker. */
    enum State {
        /** Forked, or about to be. */
        STARTING,
        /** It serves. */
        READY,
        /** It serves until its replacement does. */
        LEAVING,
        /** It takes no request any more. */
        RETIRING
    }

    private static final Logger LOG = LoopLogger.of("io.gangway.python");

    final String token;
    final Path slotFile;
    final long startedAt = System.nanoTime();
    final long requestsAllowed;
    State state = State.STARTING;
    String step = "fork";
    long stepAt = startedAt;
    long readyAt;

    @Nullable
    Link control;

    @Nullable
    ServingWorker serving;
    /** Why it could not start. */
    @Nullable
    Failed failure;
    /** When it last said that its event loop turns, by {@link System#nanoTime}. */
    long beatAt;
    /** Whether it was told that its event loop hangs, since it last turned. */
    boolean isHangTold;
    /** The fields of its READY frame. */
    @Nullable
    List<String> told;
    /** How many exchange connections it has opened. */
    int connections;
    /** Whether its launcher is gone, which would report its end. */
    boolean isOrphan;
    /** Whether Gangway killed or aborted it. */
    boolean isKilled;
    /** Whether it kept a request waiting for too long. */
    boolean isTimedOut;
    /** Whether a check of it has failed before. */
    boolean isLookFailing;

    private final List<Link> outputs = new ArrayList<>();
    private long pid;
    private boolean hasEnded;
    /** Since when its process has been missing, by {@link System#nanoTime}; 0 while the process exists. */
    private long missingSince;

    private WorkerLog log = new WorkerLog("worker");
    private Optional<ProcessHandle> process = Optional.empty();

    Worker(String token, Path slotFile, long requestsAllowed) {
        this.token = token;
        this.slotFile = slotFile;
        this.requestsAllowed = requestsAllowed;
    }

    /** The first connection, or the launcher, tells the pid. */
    void processKnown(long id) {
        if (pid == 0) {
            pid = id;
            log = new WorkerLog("[python " + id + "]");
            process = ProcessHandle.of(id);
            if (isKilled) {
                kill(); // kill() was called before the process was known
            }
        }
    }

    /** For how long its event loop has not turned. */
    Duration silence() {
        return Duration.ofNanos(System.nanoTime() - beatAt);
    }

    ServingWorker serving(int slots) {
        ServingWorker known = serving;
        if (known == null) {
            known = new ServingWorker(pid, slotFile, slots);
            serving = known;
        }
        return known;
    }

    long pid() {
        return pid;
    }

    WorkerLog log() {
        return log;
    }

    void addOutput(Link link) {
        outputs.add(link);
        link.begin();
    }

    void begin(String name) {
        step = name;
        stepAt = System.nanoTime();
    }

    long millisInStep() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - stepAt);
    }

    /** The time since its fork was ordered. */
    Duration age() {
        return Duration.ofNanos(System.nanoTime() - startedAt);
    }

    boolean isActive() {
        return state == State.STARTING || state == State.READY;
    }

    /** Ends it now. */
    void kill() {
        isKilled = true;
        process.ifPresent(ProcessHandle::destroyForcibly);
    }

    void killIfAlive() {
        if (!hasEnded) {
            kill();
        }
    }

    boolean hasEnded() {
        return hasEnded;
    }

    /**
     * Whether its process has been gone for longer than this, without a report of the launcher. A connected worker is not gone: if a
     * sandbox starts the interpreter, its pid may belong to another PID namespace, and no such process is visible here.
     */
    boolean isMissingFor(Duration time) {
        Link connection = control;
        boolean isConnected = connection != null && !connection.isEnded();
        if (pid == 0 || isConnected || process.filter(ProcessHandle::isAlive).isPresent()) {
            missingSince = 0;
            return false;
        }
        if (missingSince == 0) {
            missingSince = System.nanoTime() | 1;
        }
        return System.nanoTime() - missingSince > time.toNanos();
    }

    /** Ends it now, after it has written all its stacks to stderr; that works even where native code holds the GIL. */
    void abort() {
        isKilled = true;
        log.askForStacks();
        try {
            Processes.start(new ProcessBuilder("/bin/sh", "-c", "kill -ABRT \"$0\"", Long.toString(pid))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD));
        } catch (IOException e) {
            LOG.log(
                    Level.WARNING,
                    () -> "worker " + pid + " could not be asked for its stacks: " + FileProblem.inWords(e));
            kill();
        }
    }

    /** After its end: reads its last frames and output, and tells its requests how it ended. */
    void ended(WorkerEnd how) {
        hasEnded = true;
        Link last = control;
        if (last != null) {
            last.drain();
            last.close();
        }
        for (Link output : List.copyOf(outputs)) {
            output.drain();
            output.close();
        }
        log.end();
        if (serving != null) {
            serving.ended(how);
        }
    }
}

package io.gangway.python.supervisor;

import static io.gangway.wsgi.RuleViolation.quote;

import io.gangway.python.loop.LoopLogger;
import io.gangway.python.loop.Threads;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A thread that notices changed files. It scans them, because file systems differ too much in the changes that they announce.
 *
 * <p>It reports a change when two scans in a row have found the same state, so that saving many files at once is one change.
 */
final class ChangeWatch implements AutoCloseable {
    /** For a developer: changed code is to be live within a second, the workers' start included. */
    private static final Duration WATCH_INTERVAL = Duration.ofMillis(75);

    private static final Duration TOUCH_INTERVAL = Duration.ofMillis(500);

    /** How long a stop waits for a scan that is under way: a network's file system may block it for ever. */
    private static final Duration LONGEST_LOOK = Duration.ofSeconds(2);

    /** After a scan, the pause is at least this many times as long as the scan took: a scan of many files must not fill a processor. */
    private static final int SHARE = 10;

    private static final Logger LOG = LoopLogger.of("io.gangway.python");

    private final Look look;
    private final Duration interval;
    private final Consumer<String> changed;
    private final Thread thread = new Thread(this::run, "gangway-python-reload");
    private final SourceTree first;
    /** The state that was reported last. */
    private SourceTree known;
    /** The state that the last scan found. */
    private SourceTree before;

    private boolean isFailing;
    private volatile boolean isClosed;

    @FunctionalInterface
    private interface Look {
        SourceTree take() throws IOException;
    }

    private ChangeWatch(Look look, Duration interval, Consumer<String> changed) throws IOException {
        this.look = look;
        this.first = look.take();
        this.known = first;
        this.before = first;
        this.interval = interval;
        this.changed = changed;
        thread.setDaemon(true);
    }

    /**
     * Makes the first scan, with which the thread compares later ones.
     *
     * @param changed called on the watch's thread, with a description of the change
     * @return empty if the plan has nothing to watch
     */
    static Optional<ChangeWatch> of(Plan plan, Consumer<String> changed) throws IOException {
        switch (plan.reload().mode()) {
            case TOUCH -> {
                Path file = plan.reload().file().orElseThrow();
                return Optional.of(new ChangeWatch(() -> SourceTree.of(file), TOUCH_INTERVAL, changed));
            }
            case WATCH -> {
                List<Path> roots = plan.pythonPath().stream().map(Path::of).toList();
                Optional<Path> named = plan.namedFile();
                return Optional.of(new ChangeWatch(() -> SourceTree.scan(roots, named), WATCH_INTERVAL, changed));
            }
            default -> {
                return Optional.empty();
            }
        }
    }

    void begin() {
        if (first.isCutOff()) {
            LOG.log(
                    Level.WARNING,
                    "gangway.reload=watch looks at the first " + SourceTree.MAX_FILES
                            + " Python files only. Fix: name a smaller directory in gangway.python-path");
        }
        thread.start();
    }

    private void run() {
        try {
            while (!isClosed) {
                long began = System.nanoTime();
                lookOnce();
                long took = System.nanoTime() - began;
                TimeUnit.NANOSECONDS.sleep(Math.max(interval.toNanos(), took * SHARE));
            }
        } catch (InterruptedException e) {
            LOG.log(Level.TRACE, "the watch for changes ends", e);
        }
    }

    /** Scans once. A scan that fails is repeated; failures in a row are logged once. */
    private void lookOnce() {
        try {
            SourceTree now = look.take();
            if (now.changeSince(before).isEmpty()) {
                Optional<Path> change = now.changeSince(known);
                known = now;
                change.ifPresent(file -> changed.accept("a change of " + quote(file.toString())));
            }
            before = now;
            isFailing = false;
        } catch (IOException | RuntimeException | Error e) {
            if (!isClosed && !isFailing) {
                LOG.log(
                        Level.ERROR,
                        "the files of gangway.reload could not be looked at; changes are not noticed until a later look"
                                + " succeeds. Fix: see whether they can be read",
                        e);
            }
            isFailing = true;
        }
    }

    @Override
    public void close() {
        isClosed = true;
        thread.interrupt();
        if (!Threads.join(thread, LONGEST_LOOK)) {
            LOG.log(
                    Level.WARNING,
                    "the watch for changes is left behind: a call to the file system has blocked it for "
                            + LONGEST_LOOK.toSeconds()
                            + " s. Fix: see whether the directories of gangway.python-path can be read");
        }
    }
}

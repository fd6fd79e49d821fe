package io.gangway.server;

import static io.gangway.wsgi.RuleViolation.quote;

import io.gangway.asgi.AsgiApplication;
import io.gangway.asgi.AsgiEvent;
import io.gangway.asgi.LifespanEvent;
import io.gangway.asgi.LifespanMode;
import io.gangway.asgi.LifespanScope;
import io.gangway.log.Logs;
import io.gangway.wsgi.ApplicationViolation;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The lifespan of an ASGI function in Java (A40-A42): its startup comes before the first request, its shutdown after the last one.
 *
 * <p>Thread-safe. The application is called on the thread of {@link #start}.
 */
public final class Lifespan {
    /** What the application has said last. */
    private enum Phase {
        STARTING,
        STARTED,
        STOPPING,
        OVER
    }

    private record Answer(boolean isComplete, String message) {}

    private static final Logger LOG = Logs.named("io.gangway.server");

    private final Map<String, Object> state = new ConcurrentHashMap<>();
    private final Turns turns = new Turns();
    private final CompletableFuture<Answer> started = new CompletableFuture<>();
    private final CompletableFuture<Answer> stopped = new CompletableFuture<>();

    // Used in turns.
    private final Deque<CompletableFuture<AsgiEvent.Received>> receives = new ArrayDeque<>(2);
    private Phase phase = Phase.STARTING;
    private boolean isStartupTaken;
    private boolean isShutdownTaken;

    private Lifespan() {}

    /**
     * Runs an application's startup; returns when it is ready.
     *
     * @param application called once with a {@link LifespanScope}, unless the mode is off
     * @param mode what a failure before the first answer means
     * @param time how long to wait for the answer
     * @return the lifespan, to be stopped
     * @throws LifespanException if the application says that it cannot start, or fails and the mode is on; nothing is left to be stopped
     * @throws LateException if it does not answer in time; what it does then is not seen any more
     * @throws InterruptedException if the thread is interrupted while it waits for the application
     */
    public static Lifespan start(AsgiApplication application, LifespanMode mode, Duration time)
            throws LifespanException, InterruptedException {
        Lifespan lifespan = new Lifespan();
        if (mode == LifespanMode.OFF) {
            lifespan.phase = Phase.OVER;
            return lifespan;
        }
        lifespan.call(application);
        try {
            Answer answer = lifespan.started.get(time.toMillis(), TimeUnit.MILLISECONDS);
            if (!answer.isComplete()) {
                throw new LifespanException("its startup failed: " + answer.message(), null);
            }
        } catch (ExecutionException e) {
            if (mode == LifespanMode.ON) {
                throw new LifespanException(
                        "it failed before it answered lifespan.startup: " + e.getCause(), e.getCause());
            }
            String how = described(e.getCause());
            LOG.log(
                    Level.INFO,
                    () ->
                            "the application is served without a lifespan: it ended without an answer to lifespan.startup: "
                                    + how + " (an error if gangway.lifespan=on)");
            LOG.log(Level.DEBUG, "how it ended before it answered lifespan.startup", e.getCause());
        } catch (TimeoutException e) {
            throw new LateException("it did not answer lifespan.startup within " + time.toMillis() + " ms");
        }
        return lifespan;
    }

    private static String described(@Nullable Throwable problem) {
        try {
            return quote(String.valueOf(problem));
        } catch (RuntimeException e) { // the application's own exception, which may fail at anything
            return String.valueOf(problem == null ? null : problem.getClass().getName());
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // returned() sees all that can fail
    private void call(AsgiApplication application) {
        CompletionStage<Void> returned;
        try {
            returned = application.call(new LifespanScope(state), this::receive, this::send);
        } catch (Throwable e) { // an application may throw anything, also an Error
            turns.take(() -> returned(e));
            return;
        }
        if (returned == null) {
            turns.take(() -> returned(new IllegalStateException("the application returned null")));
        } else {
            returned.whenComplete((nothing, problem) -> turns.take(() -> returned(problem)));
        }
    }

    /**
     * What the startup has left for the connections.
     *
     * @return the map of the lifespan's scope, which is copied for each connection
     */
    public Map<String, Object> state() {
        return state;
    }

    /**
     * Runs the application's shutdown, if it has a lifespan; returns when it has answered. The last request has ended by now.
     *
     * @param time how long to wait
     * @throws LifespanException if the application says that the shutdown failed, fails, or does not answer in time
     * @throws InterruptedException if the thread is interrupted while it waits
     */
    public void stop(Duration time) throws LifespanException, InterruptedException {
        turns.take(() -> {
            if (phase == Phase.STARTED) {
                phase = Phase.STOPPING;
                feed();
            } else {
                stopped.complete(new Answer(true, "")); // it has none, or it has ended by itself
            }
        });
        try {
            Answer answer = stopped.get(time.toMillis(), TimeUnit.MILLISECONDS);
            if (!answer.isComplete()) {
                throw new LifespanException("its shutdown failed: " + answer.message(), null);
            }
        } catch (ExecutionException e) {
            throw new LifespanException("it failed during its shutdown: " + e.getCause(), e.getCause());
        } catch (TimeoutException e) {
            throw new LifespanException("it did not answer lifespan.shutdown within " + time.toMillis() + " ms", null);
        }
    }

    private CompletionStage<AsgiEvent.Received> receive() {
        CompletableFuture<AsgiEvent.Received> given = new CompletableFuture<>();
        turns.take(() -> {
            receives.add(given);
            feed();
        });
        return given;
    }

    private void feed() {
        while (!receives.isEmpty()) {
            if (!isStartupTaken) {
                isStartupTaken = true;
                receives.remove().complete(new LifespanEvent.Startup());
            } else if (!isShutdownTaken && phase == Phase.STOPPING) {
                isShutdownTaken = true;
                receives.remove().complete(new LifespanEvent.Shutdown());
            } else {
                return;
            }
        }
    }

    private CompletionStage<Void> send(AsgiEvent.Sent event) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        turns.take(() -> {
            try {
                take(event);
                done.complete(null);
            } catch (RuntimeException e) {
                done.completeExceptionally(e);
            }
        });
        return done;
    }

    private void take(AsgiEvent.Sent event) {
        if (phase == Phase.STARTING && event instanceof LifespanEvent.StartupComplete) {
            phase = Phase.STARTED;
            started.complete(new Answer(true, ""));
        } else if (phase == Phase.STARTING && event instanceof LifespanEvent.StartupFailed failed) {
            phase = Phase.OVER;
            started.complete(new Answer(false, failed.message()));
        } else if (phase == Phase.STOPPING && event instanceof LifespanEvent.ShutdownComplete) {
            phase = Phase.OVER;
            stopped.complete(new Answer(true, ""));
        } else if (phase == Phase.STOPPING && event instanceof LifespanEvent.ShutdownFailed failed) {
            phase = Phase.OVER;
            stopped.complete(new Answer(false, failed.message()));
        } else {
            throw new ApplicationViolation(
                    "A40",
                    "send",
                    switch (phase) {
                        case STARTING -> "lifespan.startup.complete or lifespan.startup.failed";
                        case STARTED -> "no event before lifespan.shutdown was received";
                        case STOPPING -> "lifespan.shutdown.complete or lifespan.shutdown.failed";
                        case OVER -> "no event, because the lifespan is over";
                    },
                    event.type(),
                    "answer each event of the lifespan once");
        }
    }

    private void returned(@Nullable Throwable given) {
        Throwable problem = given == null ? null : AsgiCall.unwrapped(given);
        Phase before = phase;
        phase = Phase.OVER;
        switch (before) {
            case STARTING ->
                started.completeExceptionally(
                        problem == null ? new IllegalStateException("the application returned") : problem);
            case STARTED -> {
                if (problem != null) {
                    LOG.log(
                            Level.ERROR,
                            "the application's lifespan failed; requests are served all the same",
                            problem);
                }
            }
            case STOPPING -> {
                if (problem == null) {
                    stopped.complete(new Answer(true, ""));
                } else {
                    stopped.completeExceptionally(problem);
                }
            }
            case OVER -> {
                if (problem != null) {
                    LOG.log(Level.ERROR, "the application failed after its lifespan", problem);
                }
            }
        }
    }

    /** A lifespan that did not start or end as it should. */
    public static class LifespanException extends Exception {
        private static final long serialVersionUID = 1L;

        LifespanException(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }

    /** A startup that took too long. */
    public static final class LateException extends LifespanException {
        private static final long serialVersionUID = 1L;

        LateException(String message) {
            super(message, null);
        }
    }
}

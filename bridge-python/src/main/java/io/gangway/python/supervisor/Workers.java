package io.gangway.python.supervisor;

import static java.util.Objects.requireNonNull;

import io.gangway.deploy.DeploymentException;
import io.gangway.deploy.OwnClasses;
import io.gangway.log.Logs;
import io.gangway.python.dispatch.Dispatcher;
import io.gangway.python.loop.EventLoop;
import io.gangway.wsgi.Escapes;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The workers of one deployment with their private directory, socket, event loop and processes.
 *
 * <p>They run when {@link #start} returns; {@link #close} leaves nothing behind.
 */
public final class Workers implements AutoCloseable {
    /** How much longer than the graceful timeout the supervisor may take to kill late processes. */
    private static final Duration MARGIN = Duration.ofSeconds(10);

    private static final Logger LOG = Logs.named("io.gangway.python");

    private final PrivateDirectory directory;
    private final EventLoop loop;
    private final Supervisor supervisor;
    private final Optional<ChangeWatch> changes;
    private final Plan plan;

    private Workers(
            Plan plan,
            PrivateDirectory directory,
            EventLoop loop,
            Supervisor supervisor,
            Optional<ChangeWatch> changes) {
        this.plan = plan;
        this.directory = directory;
        this.loop = loop;
        this.supervisor = supervisor;
        this.changes = changes;
    }

    /**
     * Starts all workers; returns when they are ready.
     *
     * @param plan what to run
     * @param dispatcher gets the workers' connections
     * @param temporary the parent of the private directory, unless the path of a socket would be too long there
     * @return the running workers, to be closed
     * @throws DeploymentException with the step that failed, the cause and a fix; nothing is left behind
     * @throws IOException if a system call failed; nothing is left behind
     * @throws InterruptedException if the thread was interrupted; nothing is left behind
     */
    public static Workers start(Plan plan, Dispatcher dispatcher, Path temporary)
            throws IOException, InterruptedException {
        PrivateDirectory directory = PrivateDirectory.create(temporary);
        Workers workers;
        try {
            Interpreter.check(plan, directory.path());
            workers = of(plan, dispatcher, directory);
        } catch (IOException | InterruptedException | RuntimeException | Error e) {
            directory.close();
            throw e;
        }
        workers.boot();
        return workers;
    }

    private static Workers of(Plan plan, Dispatcher dispatcher, PrivateDirectory directory) throws IOException {
        AtomicReference<Runnable> failed = new AtomicReference<>(() -> {});
        EventLoop loop = new EventLoop(
                "gangway-python-supervisor",
                plan.deployment(),
                () -> requireNonNull(failed.get()).run());
        Supervisor supervisor = null;
        Workers made = null;
        try {
            supervisor = new Supervisor(new Context(plan, directory.path(), loop, dispatcher));
            plan.identity().admit(directory.path(), directory.path().resolve(Context.SOCKET));
            failed.set(supervisor::leftAlone);
            made = new Workers(plan, directory, loop, supervisor, ChangeWatch.of(plan, supervisor::reload));
            return made;
        } finally {
            if (made == null) {
                loop.stop();
                if (supervisor != null) {
                    supervisor.end();
                }
            }
        }
    }

    private void boot() throws IOException, InterruptedException {
        boolean isRunning = false;
        loop.start();
        try {
            CompletableFuture<Void> booted = supervisor.boot();
            OwnClasses.loadWith(Workers.class); // for the stop, while the interpreter starts
            OwnClasses.loadWith(OwnClasses.class);
            booted.get();
            changes.ifPresent(ChangeWatch::begin);
            isRunning = true;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof DeploymentException problem) {
                throw problem;
            }
            throw new IOException("the Python workers could not be started: " + e.getCause(), e.getCause());
        } finally {
            if (!isRunning) {
                end();
            }
        }
    }

    /**
     * Why the workers do not run the changed code: the message of the reload that failed, with its traceback.
     *
     * @return empty if the last reload succeeded
     */
    public Optional<String> problem() {
        return supervisor.problem();
    }

    /**
     * Replaces all workers by new ones that run the current code.
     *
     * @param why the cause, for the log
     */
    public void reload(String why) {
        supervisor.reload(why);
    }

    /**
     * Changes the number of workers; it stays within the limits of {@link Plan#MIN_WORKERS} and {@link Plan#MAX_WORKERS}.
     *
     * @param difference how many more, or fewer, if it is negative
     * @param why the cause, for the log
     */
    public void change(int difference, String why) {
        supervisor.change(difference, why);
    }

    /**
     * Tells the service manager a state, if there is one.
     *
     * @param state in the words of sd_notify(3), for example {@code READY=1}
     */
    public void tell(String state) {
        supervisor.tell(state);
    }

    /** Lets requests that are under way finish, within the graceful timeout; then ends all processes. */
    @Override
    public void close() throws IOException {
        close(gracefulTimeout());
    }

    /** How long {@link #close()} lets requests take. */
    public Duration gracefulTimeout() {
        return plan.limits().gracefulTimeout();
    }

    /**
     * Lets requests that are under way finish, and ends all processes.
     *
     * @param grace how long the requests may take
     * @throws IOException if the private directory could not be removed; the processes have ended all the same
     */
    public void close(Duration grace) throws IOException {
        try {
            changes.ifPresent(ChangeWatch::close);
            supervisor.retireAll(grace).get(grace.plus(MARGIN).toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            LOG.log(Level.WARNING, Escapes.label(plan.deployment()) + "the Python workers did not retire cleanly", e);
        } finally {
            end();
        }
    }

    private void end() throws IOException {
        try {
            loop.stop();
        } finally {
            try {
                supervisor.end();
            } finally {
                directory.close();
            }
        }
    }
}

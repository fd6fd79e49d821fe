package io.gangway.deploy;

import static java.util.Objects.requireNonNull;

import io.gangway.asgi.AsgiApplication;
import io.gangway.exchange.Step;
import io.gangway.server.AsgiFunction;
import io.gangway.server.Lifespan;
import io.gangway.server.OpenCalls;
import io.gangway.wsgi.GatewayApplication;
import java.util.List;

/**
 * An application that is ready to be called, with its properties that the server needs.
 *
 * @param application ready for requests
 * @param isMultithread whether it may be called by several threads at once: {@code wsgi.multithread} (W34). If not,
 *     {@code application} itself must serialize concurrent calls (W03), because servers call it from many threads
 * @param isMultiprocess whether other processes serve the same application: {@code wsgi.multiprocess} (W35); a server may
 *     have further reasons, for example a distributable web application
 * @param stop releases what the application holds; called once, after the last request. A {@link TimedStop} gets a time
 *     limit
 * @param steps what the server does with each request in front of the application, for example with the static files that belong to it
 */
public record LoadedApplication(
        GatewayApplication application,
        boolean isMultithread,
        boolean isMultiprocess,
        AutoCloseable stop,
        List<Step> steps) {
    /** Checks that nothing is null, and copies the list. */
    public LoadedApplication {
        requireNonNull(application, "application");
        requireNonNull(stop, "stop");
        steps = List.copyOf(steps);
    }

    /**
     * An application without steps.
     *
     * @param application as above
     * @param isMultithread as above
     * @param isMultiprocess as above
     * @param stop as above
     */
    public LoadedApplication(
            GatewayApplication application, boolean isMultithread, boolean isMultiprocess, AutoCloseable stop) {
        this(application, isMultithread, isMultiprocess, stop, List.of());
    }

    /**
     * An application in this JVM: called by many threads, in one process, and closed on stop if it is
     * {@link AutoCloseable}.
     *
     * @param application belongs to the deployment from now on
     * @return the application as loaded
     */
    public static LoadedApplication of(GatewayApplication application) {
        AutoCloseable stop = application instanceof AutoCloseable closeable ? closeable : () -> {};
        return new LoadedApplication(application, true, false, stop);
    }

    /**
     * An ASGI application in this JVM, whose startup has completed when this returns. On stop its shutdown is run, and then it is closed if it is {@link AutoCloseable}.
     *
     * @param application belongs to the deployment from now on
     * @param settings resolved from {@link CoreSettings#all()} at least
     * @return the application as loaded
     * @throws DeploymentException if its startup failed (A41), or took longer than {@link CoreSettings#START_TIMEOUT}
     */
    public static LoadedApplication of(AsgiApplication application, Settings settings) {
        requireNonNull(application, "application");
        try {
            Lifespan lifespan = Lifespan.start(
                    application, settings.get(CoreSettings.LIFESPAN), settings.get(CoreSettings.START_TIMEOUT));
            OpenCalls calls = new OpenCalls(application);
            return new LoadedApplication(
                    new AsgiFunction(calls, lifespan.state()), true, false, new AsgiStop(application, calls, lifespan));
        } catch (Lifespan.LateException e) {
            throw new DeploymentException(
                    "the ASGI application cannot start: " + e.getMessage()
                            + ", the time of gangway.start-timeout. Fix: find what its startup waits for, or give it more time with gangway.start-timeout",
                    e);
        } catch (Lifespan.LifespanException e) {
            throw new DeploymentException(
                    "the ASGI application cannot start: " + e.getMessage()
                            + ". Fix: correct the application's startup, or set gangway.lifespan to off if it is to be served without",
                    e.getCause() == null ? e : e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DeploymentException("the start was interrupted. Fix: start it again", e);
        }
    }
}

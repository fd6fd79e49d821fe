package io.gangway.deploy;

import static java.util.Objects.requireNonNull;

import io.gangway.lint.Lint;
import io.gangway.server.ErrorPage;
import io.gangway.server.Repairs;
import io.gangway.wsgi.GatewayApplication;
import io.gangway.wsgi.Middleware;
import io.gangway.wsgi.NativeStrings;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * An application while it is deployed: loaded, wrapped as the settings say, and stopped once.
 *
 * <p>Thread-safe. It is running when a {@code start} method returns it; each start makes a new deployment. The server
 * stops sending requests before it calls {@link #close}.
 */
public final class Deployment implements AutoCloseable {
    /** The states, in the order in which they are passed. */
    public enum State {
        /** Requests may be sent. */
        RUNNING,
        /** {@link Deployment#close} was called, and has not returned yet. */
        STOPPING,
        /** Over, cleanly or not. */
        STOPPED
    }

    private static final Logger LOG = System.getLogger("io.gangway.deploy");

    private final Settings settings;
    private final LoadedApplication loaded;
    private final GatewayApplication application;
    private final Repairs repairs = new Repairs();
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile State state = State.RUNNING;

    private Deployment(Settings settings, LoadedApplication loaded, Middleware wrapping) {
        this.settings = settings;
        this.loaded = requireNonNull(loaded, "loaded");
        this.application = wrapping.wrap(loaded.application());
    }

    /**
     * Loads the application that {@code gangway.application} names; returns when it is ready.
     *
     * @param settings resolved from {@link ApplicationLoaders#settings()} at least
     * @param loaders the known loaders
     * @return the running deployment, which the caller must close
     * @throws DeploymentException if the application is not named, cannot be found or cannot be started; nothing is left
     *     running
     */
    public static Deployment start(Settings settings, ApplicationLoaders loaders) {
        return start(settings, loaders, application -> application);
    }

    /**
     * As {@link #start(Settings, ApplicationLoaders)}, with a middleware of the server, for example its access log. The middleware
     * sees the client's address and the URL as the trusted proxies set them.
     *
     * @param settings resolved from {@link ApplicationLoaders#settings()} at least
     * @param loaders the known loaders
     * @param middleware put around the application
     * @return the running deployment, which the caller must close
     * @throws DeploymentException as there
     */
    public static Deployment start(Settings settings, ApplicationLoaders loaders, Middleware middleware) {
        warn(settings);
        Middleware wrapping = wrapping(settings, middleware);
        return new Deployment(settings, loaders.load(settings), wrapping);
    }

    /**
     * Deploys an application that is given in code.
     *
     * @param settings resolved from {@link CoreSettings#all()} at least
     * @param application belongs to the deployment from now on
     * @return the running deployment, which the caller must close
     */
    public static Deployment start(Settings settings, LoadedApplication application) {
        warn(settings);
        return new Deployment(settings, application, wrapping(settings, unchanged -> unchanged));
    }

    /**
     * The application to call for each request, with the middleware that the settings put around it.
     *
     * @return the same object each time
     */
    public GatewayApplication application() {
        return application;
    }

    /**
     * The settings that this deployment was started with.
     *
     * @return all of them
     */
    public Settings settings() {
        return settings;
    }

    /**
     * The page that the server sends if the application fails.
     *
     * @return with the traceback only if {@code gangway.development} is true
     */
    public ErrorPage errorPage() {
        return settings.get(CoreSettings.DEVELOPMENT) ? ErrorPage.DEVELOPMENT : ErrorPage.PRODUCTION;
    }

    /**
     * The object that logs how the server repairs the application's responses.
     *
     * @return the same object each time
     */
    public Repairs repairs() {
        return repairs;
    }

    /**
     * The value of {@code wsgi.multithread} (W34).
     *
     * @return whether the application may be called by several threads at once
     */
    public boolean isMultithread() {
        return loaded.isMultithread();
    }

    /**
     * The value of {@code wsgi.multiprocess} (W35), as far as the loader knows.
     *
     * @return whether other processes serve the same application
     */
    public boolean isMultiprocess() {
        return loaded.isMultiprocess();
    }

    /**
     * The deployment's current state.
     *
     * @return the state
     */
    public State state() {
        return state;
    }

    /**
     * Stops the application; returns when it has stopped. Only the first call has an effect: later calls return at once,
     * even if the first is still running.
     *
     * @throws DeploymentException if the application did not stop cleanly; the deployment is stopped nevertheless
     */
    @Override
    public void close() {
        close(AutoCloseable::close);
    }

    /**
     * As {@link #close()}, with a time limit. An application whose stop is a {@link TimedStop} uses this limit, and not the one in its
     * own settings.
     *
     * @param time the time until the server's deadline; zero or more
     * @throws DeploymentException as there
     */
    public void close(Duration time) {
        close(stop -> {
            if (stop instanceof TimedStop timed) {
                timed.close(time);
            } else {
                stop.close();
            }
        });
    }

    private void close(Stopping stopping) {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        state = State.STOPPING;
        try {
            stopping.stop(loaded.stop());
        } catch (Exception | LinkageError e) { // LinkageError: the container has already removed the classes
            if (e instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            throw new DeploymentException(
                    "the application did not stop cleanly: " + e + ". Fix: correct the code that the stack trace shows",
                    e);
        } finally {
            state = State.STOPPED;
        }
    }

    private static void warn(Settings settings) {
        settings.warnings().forEach(warning -> LOG.log(Level.WARNING, warning));
    }

    @FunctionalInterface
    private interface Stopping {
        void stop(AutoCloseable application) throws Exception;
    }

    /** The middleware around the application; the first sees the request first. */
    private static Middleware wrapping(Settings settings, Middleware additional) {
        Middleware lint = new Lint(
                settings.get(CoreSettings.LINT)); // innermost, so that it checks exactly what the application gets
        return trustingProxies(settings)
                .around(withEnviron(settings.get(CoreSettings.ENVIRON)))
                .around(additional)
                .around(lint);
    }

    private static Middleware trustingProxies(Settings settings) {
        List<String> networks = settings.get(CoreSettings.TRUSTED_PROXIES);
        return networks.isEmpty()
                ? application -> application
                : TrustedHeader.believed(settings.get(CoreSettings.TRUSTED_HEADERS), networks);
    }

    private static Middleware withEnviron(Map<String, String> additions) {
        if (additions.isEmpty()) {
            return application -> application;
        }
        Map<String, String> nativeStrings = new HashMap<>();
        additions.forEach((name, text) -> nativeStrings.put(name, NativeStrings.ofText(text)));
        return application -> (environ, startResponse) -> {
            environ.putAll(nativeStrings);
            return application.call(environ, startResponse);
        };
    }
}

package io.gangway.deploy;

import static java.util.Objects.requireNonNull;

import io.gangway.exchange.EndedExchange;
import io.gangway.exchange.ErrorPage;
import io.gangway.exchange.Exchange;
import io.gangway.exchange.ExchangeApplication;
import io.gangway.exchange.ExchangeRules;
import io.gangway.exchange.Repairs;
import io.gangway.exchange.RequestFacts;
import io.gangway.exchange.Step;
import io.gangway.lint.Lint;
import io.gangway.log.Logs;
import io.gangway.middleware.RequestId;
import io.gangway.server.WsgiFunction;
import io.gangway.wsgi.Environ;
import io.gangway.wsgi.GatewayApplication;
import io.gangway.wsgi.NativeStrings;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;

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

    private static final Logger LOG = Logs.named("io.gangway.deploy");

    private final Settings settings;
    private final String name;
    private final LoadedApplication loaded;
    private final GatewayApplication application;
    private final Repairs repairs;
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile State state = State.RUNNING;

    private final List<Step> steps;

    private Deployment(Settings settings, LoadedApplication loaded, List<Step> further, String name) {
        this.settings = settings;
        this.name = name;
        this.loaded = requireNonNull(loaded, "loaded");
        List<Step> all = steps(settings, further);
        all.addAll(loaded.steps());
        Lint.Mode mode = settings.get(CoreSettings.LINT);
        Lint lint = new Lint(mode);
        if (loaded.application() instanceof ExchangeApplication) {
            this.application = loaded.application();
            all.add(lint.step()); // the last, so that it checks exactly what the application gets
            this.repairs = mode == Lint.Mode.OFF ? new Repairs() : Repairs.silent();
        } else {
            this.application = lint.wrap(loaded.application());
            this.repairs = new Repairs();
        }
        this.steps = all;
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
        return start(settings, loaders, List.of(), "");
    }

    /**
     * As {@link #start(Settings, ApplicationLoaders)}, with steps of the server, for example its access log. They see the client's address and the
     * URL as the trusted proxies set them.
     *
     * @param settings resolved from {@link ApplicationLoaders#settings()} at least
     * @param loaders the known loaders
     * @param steps after those that the settings name
     * @param contextPath by which the log names the deployment; empty for the application's name
     * @return the running deployment, which the caller must close
     * @throws DeploymentException as there
     */
    public static Deployment start(
            Settings settings, ApplicationLoaders loaders, List<Step> steps, String contextPath) {
        warn(settings);
        return new Deployment(
                settings, loaders.load(settings, contextPath), steps, loaders.deploymentName(settings, contextPath));
    }

    /**
     * Deploys an application that is given in code.
     *
     * @param settings resolved from {@link CoreSettings#all()} at least
     * @param application belongs to the deployment from now on
     * @return the running deployment, which the caller must close
     */
    public static Deployment start(Settings settings, LoadedApplication application) {
        return start(settings, application, List.of());
    }

    /**
     * As {@link #start(Settings, LoadedApplication)}, with steps of the server.
     *
     * @param settings resolved from {@link CoreSettings#all()} at least
     * @param application belongs to the deployment from now on
     * @param steps after those that the settings name
     * @return the running deployment, which the caller must close
     */
    public static Deployment start(Settings settings, LoadedApplication application, List<Step> steps) {
        warn(settings);
        return new Deployment(settings, application, steps, "");
    }

    /**
     * The application as a function, with the linter around it that the settings ask for. If it is an {@link ExchangeApplication} as well, the linter is
     * one of the {@link #rules} instead.
     *
     * @return the same object each time
     */
    public GatewayApplication application() {
        return application;
    }

    /**
     * The application as a server serves it.
     *
     * @param environ makes an environ, if the application is a function in Java
     * @return an application of exchanges
     */
    public ExchangeApplication served(Function<Exchange, Environ> environ) {
        return application instanceof ExchangeApplication serving ? serving : new WsgiFunction(application, environ);
    }

    /**
     * What the settings say about all exchanges: the error page, the steps.
     *
     * @param log gets each exchange that has ended, for the server's own log
     * @return the rules
     */
    public ExchangeRules rules(Consumer<? super EndedExchange> log) {
        return new ExchangeRules(errorPage(), repairs, steps, log);
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
     * How the log names this deployment.
     *
     * @return its context path or, without one, the application's name; empty if the application was given in code
     */
    public String name() {
        return name;
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
     * The application's workers, if it runs in processes that can be replaced.
     *
     * @return empty for an application in this JVM
     */
    public Optional<Supervised> workers() {
        return loaded.stop() instanceof Supervised supervised ? Optional.of(supervised) : Optional.empty();
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
     * How long the stop may take, as the application's own settings say.
     *
     * @return empty if nobody limits it
     */
    public Optional<Duration> timeToStop() {
        return loaded.stop() instanceof TimedStop timed ? Optional.of(timed.time()) : Optional.empty();
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

    private ErrorPage errorPage() {
        return settings.get(CoreSettings.DEVELOPMENT) ? ErrorPage.DEVELOPMENT : ErrorPage.PRODUCTION;
    }

    private static void warn(Settings settings) {
        settings.warnings().forEach(warning -> LOG.log(Level.WARNING, warning));
    }

    @FunctionalInterface
    private interface Stopping {
        void stop(AutoCloseable application) throws Exception;
    }

    /** What the settings ask for comes before the server's further steps, which so see the client as the proxies name it. */
    private static List<Step> steps(Settings settings, List<Step> further) {
        List<Step> steps = new ArrayList<>();
        List<String> networks = settings.get(CoreSettings.TRUSTED_PROXIES);
        if (!networks.isEmpty()) {
            steps.add(TrustedHeader.believed(settings.get(CoreSettings.TRUSTED_HEADERS), networks));
        }
        if (settings.get(CoreSettings.REQUEST_ID)) {
            steps.add(RequestId.trusting(networks.toArray(String[]::new)));
        }
        Map<String, String> additions = settings.get(CoreSettings.ENVIRON);
        if (!additions.isEmpty()) {
            Map<String, String> nativeStrings = new HashMap<>();
            additions.forEach((name, text) -> nativeStrings.put(name, NativeStrings.ofText(text)));
            steps.add(new Step() {
                @Override
                public RequestFacts before(RequestFacts facts) {
                    return facts.change().add(nativeStrings).build();
                }
            });
        }
        steps.addAll(further);
        return steps;
    }
}

package io.gangway.cli;

import io.gangway.deploy.ApplicationLoaders;
import io.gangway.deploy.CoreSettings;
import io.gangway.deploy.Deployment;
import io.gangway.deploy.DeploymentException;
import io.gangway.deploy.Settings;
import io.gangway.python.PythonSettings;
import io.gangway.servlet.jetty.GatewayServer;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.BindException;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.util.Jetty;

/** One run of a server, from its start to its end. */
final class Serving {
    private static final Logger LOG = System.getLogger("io.gangway.cli");

    private final Settings settings;
    private final ApplicationLoaders loaders;
    private final AccessLogTarget accessLog;
    private final Signals signals;
    private final PrintStream out;
    private final PrintStream err;

    /** Takes over the access log, and closes it. */
    Serving(
            Settings settings,
            ApplicationLoaders loaders,
            AccessLogTarget accessLog,
            Signals signals,
            PrintStream out,
            PrintStream err) {
        this.settings = settings;
        this.loaders = loaders;
        this.accessLog = accessLog;
        this.signals = signals;
        this.out = out;
        this.err = err;
    }

    /**
     * Serves until a signal comes.
     *
     * @return the exit code
     * @throws DeploymentException if the application did not start
     */
    int run() {
        Bind bind = Bind.parse(settings.get(ServerSettings.BIND));
        try (accessLog) {
            announce();
            Exposure.warning(settings, bind).ifPresent(err::println);
            GatewayServer.Builder builder = GatewayServer.deploying(
                            () -> Deployment.start(settings, loaders, accessLog.steps()))
                    .contextPath(settings.find(ServerSettings.CONTEXT_PATH).orElse(""))
                    .threads(settings.get(ServerSettings.SERVER_THREADS))
                    .requestHeaderLimit(Math.toIntExact(settings.get(ServerSettings.REQUEST_HEADER_LIMIT)))
                    .responseHeaderLimit(Math.toIntExact(settings.get(ServerSettings.RESPONSE_HEADER_LIMIT)))
                    .idleTimeout(settings.get(ServerSettings.IDLE_TIMEOUT))
                    .gracefulTimeout(settings.get(PythonSettings.GRACEFUL_TIMEOUT));
            settings.find(ServerSettings.MAX_REQUEST_BODY).ifPresent(builder::maxRequestBody);
            return serve(listening(builder, bind).start());
        } catch (BindException e) {
            err.println("gangway: " + e.getMessage() + ". Fix: " + remedy(bind, String.valueOf(e.getMessage())));
            return ExitCode.NOT_LISTENING.number();
        } catch (IOException e) {
            return signals.exitCode().orElseGet(() -> Failure.internal(err, e));
        }
    }

    private static GatewayServer.Builder listening(GatewayServer.Builder builder, Bind bind) {
        if (bind instanceof Bind.Port port) {
            return builder.host(port.host()).port(port.port());
        }
        return builder.unixSocket(((Bind.UnixSocket) bind).path());
    }

    private void announce() {
        String application = loaders.wholeName(settings.get(CoreSettings.APPLICATION));
        out.println("Gangway " + Version.gangway() + " with Jetty " + Jetty.VERSION + " on Java "
                + System.getProperty("java.version") + ", " + Version.system(System.getProperty("os.name")));
        out.println("Loading " + application + (application.startsWith("class:") ? "" : workers()));
        out.flush();
    }

    private String workers() {
        int workers = settings.get(PythonSettings.WORKERS);
        int threads = settings.get(PythonSettings.THREADS);
        return " with " + settings.get(PythonSettings.PYTHON) + ", "
                + workers + (workers == 1 ? " worker x " : " workers x ") + threads
                + (threads == 1 ? " thread" : " threads");
    }

    /** The name without the loader if that is Python's. */
    private static String shown(String application) {
        return application.startsWith("python:") ? application.substring("python:".length()) : application;
    }

    private int serve(GatewayServer server) {
        out.println("Serving " + shown(settings.get(CoreSettings.APPLICATION)) + " on " + server.uri()
                + "  (Ctrl-C stops)");
        out.flush();
        ClassData.makeIfAsked(settings);
        signals.await();
        out.println("Stopping (" + signals.name() + "): requests in progress may take "
                + readable(settings.get(PythonSettings.GRACEFUL_TIMEOUT)) + " more; a second Ctrl-C stops at once");
        out.flush();
        try {
            server.close();
            out.println("Stopped");
        } catch (IllegalStateException e) {
            out.println(
                    "Stopped; " + (isLate(e) ? "some requests were not done in time" : "not cleanly: " + e.getCause()));
            LOG.log(Level.DEBUG, "the server did not stop cleanly", e);
        }
        out.flush();
        return ExitCode.STOPPED.number();
    }

    /** A duration as text, for example {@code 1m30s}. */
    private static String readable(Duration duration) {
        return duration.toString().substring("PT".length()).toLowerCase(Locale.ROOT);
    }

    private static boolean isLate(Throwable problem) {
        Throwable cause = problem;
        while (cause.getCause() != null && !(cause instanceof TimeoutException)) {
            cause = cause.getCause();
        }
        return cause instanceof TimeoutException;
    }

    private static String remedy(Bind bind, String problem) {
        if (bind instanceof Bind.UnixSocket) {
            return problem.contains("in use")
                    ? "stop the server that listens there, or choose another path with --bind unix:PATH"
                    : "choose another path with --bind unix:PATH";
        }
        if (problem.contains("in use")) {
            return "stop the program that has it, or choose another port with --bind, such as --bind 127.0.0.1:8001";
        }
        return problem.contains("ermission")
                ? "choose a port above 1023 with --bind, or allow this user to open lower ones"
                : "choose an address of this machine with --bind, such as --bind 127.0.0.1:8000";
    }
}

package io.gangway.cli;

import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.joining;

import io.gangway.cli.config.Bind;
import io.gangway.cli.config.ServerSettings;
import io.gangway.cli.server.AccessLogTarget;
import io.gangway.cli.server.Addresses;
import io.gangway.cli.server.Exposure;
import io.gangway.cli.server.Operations;
import io.gangway.cli.server.PemFiles;
import io.gangway.cli.server.PidFile;
import io.gangway.cli.server.Signals;
import io.gangway.cli.server.SocketAccess;
import io.gangway.deploy.Deployment;
import io.gangway.deploy.DeploymentException;
import io.gangway.deploy.Settings;
import io.gangway.deploy.Supervised.ServiceState;
import io.gangway.log.FileProblem;
import io.gangway.log.Logs;
import io.gangway.python.PythonSettings;
import io.gangway.servlet.jetty.GatewayServer;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.BindException;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** One run of a server, from its start to its end. */
final class Serving {
    private static final Logger LOG = Logs.named("io.gangway.cli");

    private final Plan plan;
    private final Settings settings;
    private final AccessLogTarget accessLog;
    private final Signals signals;
    private final PrintStream out;
    private final PrintStream err;
    private @Nullable Deployment deployment;

    /** Takes over the access log, and closes it. */
    Serving(Plan plan, AccessLogTarget accessLog, Signals signals, PrintStream out, PrintStream err) {
        this.plan = plan;
        this.settings = plan.settings();
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
        try (accessLog) {
            plan.check();
            if (plan.addresses().isInherited() && plan.addresses().binds().get(0) instanceof Bind.UnixSocket socket) {
                SocketAccess.apply(socket.path(), settings);
            }
            announce();
            Exposure.warning(settings, plan.addresses().binds()).ifPresent(err::println);
            GatewayServer.Builder builder = GatewayServer.deploying(this::deployment)
                    .contextPath(plan.contextPath())
                    .threads(settings.get(ServerSettings.SERVER_THREADS))
                    .requestHeaderLimit(Math.toIntExact(settings.get(ServerSettings.REQUEST_HEADER_LIMIT)))
                    .responseHeaderLimit(Math.toIntExact(settings.get(ServerSettings.RESPONSE_HEADER_LIMIT)))
                    .idleTimeout(settings.get(ServerSettings.IDLE_TIMEOUT))
                    .gracefulTimeout(settings.get(PythonSettings.GRACEFUL_TIMEOUT))
                    .whenUnixSocketIsMade(socket -> SocketAccess.apply(socket, settings));
            PemFiles.read(settings).ifPresent(builder::tls);
            settings.get(ServerSettings.REDIRECT_HTTP)
                    .forEach(port -> builder.andRedirectingPort(port.host(), port.port()));
            settings.find(ServerSettings.MAX_REQUEST_BODY).ifPresent(builder::maxRequestBody);
            accessLog.log().ifPresent(log -> builder.refused(log::after));
            return prepared(plan.addresses().start(builder));
        } catch (BindException e) {
            err.println("gangway: " + e.getMessage() + ". Fix: " + Addresses.remedy(String.valueOf(e.getMessage())));
            return ExitCode.NOT_LISTENING.number();
        } catch (IOException e) {
            return signals.exitCode().orElseGet(() -> Failure.internal(err, e));
        }
    }

    private Deployment deployment() {
        Deployment started = plan.start(accessLog);
        deployment = started;
        return started;
    }

    private void announce() {
        out.println(Plan.versions());
        out.println("Loading " + plan.load());
        out.flush();
    }

    /** Makes what others look for when the server listens: its process id. */
    private int prepared(GatewayServer server) {
        Optional<PidFile> pidFile = Optional.empty();
        try {
            pidFile = plan.pidFile().map(PidFile::write);
            return serve(server);
        } catch (DeploymentException e) {
            server.close();
            throw e;
        } finally {
            pidFile.ifPresent(PidFile::close);
        }
    }

    private int serve(GatewayServer server) {
        String places = server.uris().stream().map(URI::toString).collect(joining(", "));
        out.println("Serving " + plan.application() + " on " + places + "  (Ctrl-C stops)");
        out.flush();
        announce(ServiceState.READY);
        ClassData.makeIfAsked(settings);
        signals.await(new Operations(requireNonNull(deployment), accessLog, () -> renewKeys(server))::handle);
        out.println("Stopping (" + signals.name() + "): requests in progress may take "
                + readable(settings.get(PythonSettings.GRACEFUL_TIMEOUT)) + " more; a second "
                + (signals.name().equals("SIGINT") ? "Ctrl-C" : signals.name())
                + " stops at once");
        out.flush();
        announce(ServiceState.STOPPING);
        try {
            server.close();
            out.println("Stopped");
        } catch (IllegalStateException e) {
            out.println("Stopped; "
                    + (isLate(e)
                            ? "some requests were not done in time"
                            : "not cleanly: " + FileProblem.inWords(requireNonNull(e.getCause()))));
            LOG.log(Level.DEBUG, "the server did not stop cleanly", e);
        }
        out.flush();
        return ExitCode.STOPPED.number();
    }

    private void announce(ServiceState state) {
        requireNonNull(deployment).workers().ifPresent(workers -> workers.announce(state));
    }

    private void renewKeys(GatewayServer server) {
        PemFiles.read(settings).ifPresent(keys -> {
            server.renew(keys);
            LOG.log(Level.INFO, () -> "--cert was read again: " + PemFiles.described(keys));
        });
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
}

package io.gangway.cli.server;

import io.gangway.cli.server.Signals.Signal;
import io.gangway.deploy.Deployment;
import io.gangway.deploy.DeploymentException;
import io.gangway.deploy.Supervised;
import io.gangway.log.Logs;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Optional;

/** What an operator asks of a running server with signals; one that fails is logged, and the server goes on as it is. */
public final class Operations {
    private static final Logger LOG = Logs.named("io.gangway.cli");

    private final Deployment deployment;
    private final AccessLogTarget accessLog;
    private final Runnable keys;

    /**
     * Makes the operations of one server.
     *
     * @param keys reads the files with the server's certificate and key again
     */
    public Operations(Deployment deployment, AccessLogTarget accessLog, Runnable keys) {
        this.deployment = deployment;
        this.accessLog = accessLog;
        this.keys = keys;
    }

    /** Does what a signal asks for. */
    public void handle(Signal signal) {
        try {
            switch (signal) {
                case HUP -> reload();
                case USR1 -> accessLog.reopen();
                case TTIN -> change(1, signal);
                case TTOU -> change(-1, signal);
                default -> throw new IllegalArgumentException("SIG" + signal);
            }
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "SIG" + signal + " could not be handled; the server goes on as it is", e);
        }
    }

    /** All that may have changed on disk, as in gunicorn: the code, the certificate, and where log files are. */
    private void reload() {
        accessLog.reopen();
        try {
            keys.run();
        } catch (DeploymentException | IllegalArgumentException e) {
            LOG.log(Level.ERROR, () -> "SIGHUP: the certificate stays as it was. " + e.getMessage());
        }
        Optional<Supervised> workers = deployment.workers();
        if (workers.isPresent()) {
            workers.get().reload("SIGHUP");
        } else {
            LOG.log(
                    Level.WARNING,
                    "SIGHUP: the code of a Java application is not loaded again. Fix: start the server again to run changed code");
        }
    }

    private void change(int difference, Signal signal) {
        deployment
                .workers()
                .ifPresentOrElse(
                        workers -> workers.changeWorkers(difference, "SIG" + signal),
                        () -> LOG.log(Level.WARNING, "SIG" + signal + ": a Java application has no workers"));
    }
}

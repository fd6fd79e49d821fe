package io.gangway.cli;

import io.gangway.cli.server.AccessLogTarget;
import io.gangway.cli.server.PemFiles;
import io.gangway.deploy.DeploymentException;
import java.io.PrintStream;

/** {@code --check}: starts the application as a run would, without a server, and says what would run. */
final class Check {
    private final Plan plan;
    private final AccessLogTarget accessLog;
    private final PrintStream out;

    /** Takes over the access log, and closes it. */
    Check(Plan plan, AccessLogTarget accessLog, PrintStream out) {
        this.plan = plan;
        this.accessLog = accessLog;
        this.out = out;
    }

    /**
     * Checks. It does not take the addresses, which may be those of a server that runs now.
     *
     * @return the exit code
     * @throws DeploymentException if the application did not start
     */
    int run() {
        try (accessLog) {
            plan.check();
            PemFiles.read(plan.settings());
            out.println("Loading " + plan.load());
            out.flush();
            plan.start(accessLog).close();
        }
        out.println("Checked: " + plan.application() + " would be served on " + plan.addresses());
        out.flush();
        return ExitCode.STOPPED.number();
    }
}

package io.gangway.python.supervisor;

import static io.gangway.wsgi.RuleViolation.quote;

import io.gangway.deploy.DeploymentException;
import io.gangway.python.dispatch.WorkerEnd;
import io.gangway.wsgi.Escapes;
import java.util.List;
import java.util.Set;

/** The message of a boot that failed: the step, the cause, and a fix. */
final class BootFailure {
    private static final String INDENT = "\n    ";

    /** Steps that fail because of a setting, and not because of the application. */
    private static final Set<String> SETTING_STEPS = Set.of("environment", "name");

    private BootFailure() {}

    /** A worker ended before it was ready. */
    static DeploymentException of(Plan plan, Worker worker, WorkerEnd how) {
        Failed failed = worker.failure;
        return failed != null
                ? told(plan, failed)
                : ended(
                        "worker " + worker.pid(),
                        how.inWords(),
                        Escapes.lines(worker.step),
                        worker.log().lastLines(),
                        plan.isPreloaded());
    }

    /** A process sent a FAILED frame. */
    static DeploymentException told(Plan plan, Failed failed) {
        String traceback = failed.traceback().isBlank()
                ? ""
                : INDENT + Escapes.lines(failed.traceback().strip());
        String problem = "step " + Escapes.lines(failed.step()) + " of " + quote(plan.application()) + " failed: "
                + Escapes.lines(failed.message()) + "." + traceback + "\nFix: "
                + remedy(failed);
        if (SETTING_STEPS.contains(failed.step())) {
            return DeploymentException.ofSetting(problem);
        }
        return traceback.isEmpty() ? DeploymentException.noSuchApplication(problem) : new DeploymentException(problem);
    }

    private static String remedy(Failed failed) {
        if (!failed.fix().isBlank()) {
            return Escapes.lines(failed.fix());
        }
        return switch (failed.step()) {
            case "import", "factory" -> "correct the application at the last line that the traceback names";
            case "paste" -> "correct the file, or the application at the last line that the traceback names";
            default -> "correct the cause that this message names, then deploy the application again";
        };
    }

    /** A process ended without a FAILED frame. */
    static DeploymentException ended(String who, String how, String step, List<String> lastLines, boolean isPreloaded) {
        String output = lastLines.isEmpty()
                ? " It printed nothing."
                : " It printed last:" + INDENT + String.join(INDENT, lastLines);
        return new DeploymentException("step " + step + ": " + who + " " + how + " before it was ready." + output
                + "\nFix: "
                + (lastLines.isEmpty() ? "to see why" : "correct the error that it printed; to see more of it")
                + ", run python -X dev -c \"import …\" in a terminal"
                + (isPreloaded ? ", or set gangway.preload=false" : ""));
    }

    /** A boot took too long. */
    static DeploymentException late(Plan plan, String where) {
        return new DeploymentException("the workers were not ready within the "
                + plan.limits().startTimeout().toMillis() + " ms of gangway.start-timeout: " + where
                + ". Fix: let the application's modules do less while they are imported, or set a longer"
                + " gangway.start-timeout");
    }
}

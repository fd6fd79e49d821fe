package io.gangway.cli.doctor;

import io.gangway.deploy.DeploymentException;
import io.gangway.log.FileProblem;
import io.gangway.python.bundle.BundleDescription;
import io.gangway.python.bundle.Interpreters;
import io.gangway.python.bundle.Target;
import io.gangway.python.supervisor.Interpreter;
import io.gangway.python.supervisor.Places;
import io.gangway.python.supervisor.PrivateDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What Gangway needs of a machine. */
public final class Machine {
    /** Files that 20 workers with four threads, and 500 clients, have open in the JVM. */
    private static final long FEW_FILES = 1024;

    private Machine() {}

    /**
     * Looks at the machine.
     *
     * @param interpreter what is said of the interpreter
     * @return the findings
     */
    public static List<Finding> findings(Finding interpreter) {
        List<Finding> findings = new ArrayList<>();
        findings.add(system());
        findings.add(Finding.ok("java", System.getProperty("java.version") + " in " + System.getProperty("java.home")));
        findings.add(interpreter);
        findings.add(temporary(Path.of(System.getProperty("java.io.tmpdir"))));
        limit().ifPresent(findings::add);
        return findings;
    }

    private static Finding system() {
        String name = System.getProperty("os.name");
        return name.startsWith("Windows")
                ? Finding.problem("system", name + " has no fork", "use Linux, or macOS for development")
                : Finding.ok("system", name + " " + System.getProperty("os.arch"));
    }

    /**
     * Looks at the interpreter of an application.
     *
     * @param python the one that the settings name
     * @return the finding
     * @throws InterruptedException if the thread is interrupted
     */
    public static Finding interpreter(String python) throws InterruptedException {
        String fix = "install Python 3." + Interpreter.MIN_MINOR
                + " or later, and name it with --python, or an environment with --venv";
        Optional<Target> found = Target.of(Interpreter.resolve(python, Interpreter.usable(System.getenv("PATH"))));
        if (found.isEmpty()) {
            return Finding.problem("interpreter", python + " cannot be started, or is no Python 3", fix);
        }
        Target target = found.get();
        String what = described(target);
        boolean isOld = Integer.parseInt(target.version().split("\\.", -1)[1]) < Interpreter.MIN_MINOR;
        return isOld ? Finding.problem("interpreter", what, fix) : Finding.ok("interpreter", what);
    }

    /**
     * Looks for the interpreter of an application that a WAR carries.
     *
     * @param description of what it carries
     * @param named the interpreter that the settings name
     * @return the finding
     * @throws DeploymentException if there is none that runs it
     * @throws InterruptedException if the thread is interrupted
     */
    public static Finding interpreter(BundleDescription description, Optional<String> named)
            throws InterruptedException {
        return Finding.ok("interpreter", described(Interpreters.find(description, named)));
    }

    private static String described(Target target) {
        return target.program() + " is Python " + target.release() + " for " + target.platform()
                + (target.libc().isEmpty() ? "" : " with " + target.libc());
    }

    private static Finding temporary(Path directory) {
        String fix =
                "start the JVM with -Djava.io.tmpdir=DIR, a directory that Gangway may write to and whose path is short";
        try (PrivateDirectory made = PrivateDirectory.in(directory)) {
            if (!Places.isShortEnough(directory)) {
                return Finding.warning(
                        "temp", directory + " is too long a path for a Unix socket; another directory is used", fix);
            }
            return Finding.ok("temp", directory + " is writable, and short enough for a socket: " + made.path());
        } catch (IOException e) {
            return Finding.problem("temp", directory + " cannot be used: " + FileProblem.inWords(e), fix);
        }
    }

    /** Only Linux tells it without a further program. */
    private static Optional<Finding> limit() {
        try {
            return Files.readAllLines(Path.of("/proc/self/limits")).stream()
                    .filter(line -> line.startsWith("Max open files"))
                    .map(line -> line.split("\\s{2,}", -1)[1].strip())
                    .map(soft -> soft.equals("unlimited") || Long.parseLong(soft) >= FEW_FILES
                            ? Finding.ok("limits", "the JVM may open " + soft + " files")
                            : Finding.warning(
                                    "limits",
                                    "the JVM may open only " + soft + " files, and each connection needs one",
                                    "raise the limit (ulimit -n, or LimitNOFILE of systemd)"))
                    .findFirst();
        } catch (IOException | RuntimeException e) {
            return Optional.empty();
        }
    }
}

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

    /** A client's connection, and one to the worker. */
    private static final int FILES_OF_EXCHANGE = 2;
    /** In the heap without a request. */
    private static final long BYTES_OF_SERVER = 16 << 20;
    /** Of an open WebSocket behind the embedded server, in the JVM's heap: 17.6 KiB (docs/benchmarks.md, ws-idle), rounded up. */
    private static final long BYTES_OF_EXCHANGE = 20 << 10;
    /** What the JVM leaves out when it tells the size of its heap: a survivor space of a young generation of 8 MiB, rounded up. */
    private static final long UNTOLD_MIB = 1;

    private static final String RAISE_IT = "raise the limit (ulimit -n, or LimitNOFILE of systemd)";

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

    private static Optional<Finding> limit() {
        return maxFiles()
                .map(files -> files >= FEW_FILES
                        ? Finding.ok(
                                "limits",
                                "the JVM may open " + (files == Long.MAX_VALUE ? "unlimited" : files) + " files")
                        : Finding.warning(
                                "limits",
                                "the JVM may open only " + files + " files, and each connection needs one",
                                RAISE_IT));
    }

    /**
     * Compares the number of files that may be open with what an ASGI application may have at once.
     *
     * @param workers of the application
     * @param concurrency requests and WebSockets of one worker
     * @return a warning; empty if there is room, or the system does not tell
     */
    public static Optional<Finding> filesOfAsgi(int workers, int concurrency) {
        return maxFiles().flatMap(files -> filesOfAsgi(workers, concurrency, files));
    }

    static Optional<Finding> filesOfAsgi(int workers, int concurrency, long files) {
        long exchanges = (long) workers * concurrency;
        return files >= FILES_OF_EXCHANGE * exchanges + FEW_FILES
                ? Optional.empty()
                : Optional.of(Finding.warning(
                        "limits",
                        "the JVM may open only " + files + " files: " + exchanges
                                + " requests and WebSockets, which gangway.asgi-concurrency allows in all workers together, need "
                                + FILES_OF_EXCHANGE + " each",
                        RAISE_IT + ", or set a smaller gangway.asgi-concurrency"));
    }

    /**
     * Compares the heap of this JVM, which is that of {@code gangway run} if both are started in the same way, with what an ASGI application may need at once.
     *
     * @param workers of the application
     * @param concurrency requests and WebSockets of one worker
     * @return a warning; empty if there is room
     */
    public static Optional<Finding> heapOfAsgi(int workers, int concurrency) {
        return heapOfAsgi(workers, concurrency, Runtime.getRuntime().maxMemory());
    }

    static Optional<Finding> heapOfAsgi(int workers, int concurrency, long bytes) {
        long exchanges = (long) workers * concurrency;
        long needed = ((BYTES_OF_SERVER + BYTES_OF_EXCHANGE * exchanges) >> 20) + 1;
        return bytes >> 20 >= needed
                ? Optional.empty()
                : Optional.of(Finding.warning(
                        "limits",
                        "the JVM's heap is at most " + (bytes >> 20) + " MiB: " + exchanges
                                + " requests and WebSockets, which gangway.asgi-concurrency allows in all workers together, may need "
                                + needed + " MiB, without messages that wait",
                        "give it more (JAVA_OPTS='-XX:+UseSerialGC -Xms16m -Xmn8m -Xmx" + (needed + UNTOLD_MIB)
                                + "m'), or set a smaller gangway.asgi-concurrency"));
    }

    /** The limit of this process; only Linux tells it without a further program. */
    private static Optional<Long> maxFiles() {
        try {
            return Files.readAllLines(Path.of("/proc/self/limits")).stream()
                    .filter(line -> line.startsWith("Max open files"))
                    .map(line -> line.split("\\s{2,}", -1)[1].strip())
                    .map(soft -> soft.equals("unlimited") ? Long.MAX_VALUE : Long.parseLong(soft))
                    .findFirst();
        } catch (IOException | RuntimeException e) {
            return Optional.empty();
        }
    }
}

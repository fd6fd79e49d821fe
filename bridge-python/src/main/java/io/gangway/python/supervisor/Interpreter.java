package io.gangway.python.supervisor;

import static io.gangway.wsgi.RuleViolation.quote;
import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.gangway.deploy.DeploymentException;
import io.gangway.log.FileProblem;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Checks that the program that a plan names is a Python interpreter and new enough, and starts processes of it. */
public final class Interpreter {
    /** The oldest version that runs: 3.9. */
    public static final int MIN_MINOR = 9;

    /** The beginning of the line with the version: a wrapper script may print lines before it. */
    private static final String MARK = "gangway-probe ";

    /** Works in Python 2, too, so that its users get the message that names their version. */
    private static final String TELL_VERSION = "import sys; sys.stdout.write('\\n" + MARK
            + "%d %d %s\\n' % (sys.version_info[0], sys.version_info[1], sys.executable))";

    /** The search path where PATH is not set, as in systemd. Without one, the C library would search the working directory. */
    static final String USUAL_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /** Makes a program read interactive input at its end, which would block a server. */
    private static final String INSPECT = "PYTHONINSPECT";

    /** Variables that make an interpreter print more than its program does. */
    private static final List<String> TALKATIVE =
            List.of(INSPECT, "PYTHONVERBOSE", "PYTHONIOENCODING", "PYTHONSTARTUP");

    private Interpreter() {}

    /** A process of the plan's interpreter, with the JVM's environment variables and the plan's. */
    static ProcessBuilder processBuilder(Plan plan, String... arguments) throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(new ArrayList<>(plan.identity().prefix()));
        Map<String, String> environment = builder.environment();
        String path = usable(environment.get("PATH"));
        builder.command().add(resolve(plan.python(), path));
        builder.command().addAll(List.of(arguments));
        plan.virtualEnvironment().ifPresent(root -> {
            environment.put("VIRTUAL_ENV", root.toString());
            environment.put("PATH", root.resolve("bin") + File.pathSeparator + path);
            environment.remove("PYTHONHOME");
        });
        if (plan.reload().mode() == Reload.Mode.WATCH) {
            // A cache file is valid for its source's second and size: it would be stale after two changes in one
            // second.
            environment.putIfAbsent("PYTHONDONTWRITEBYTECODE", "1");
        }
        environment.remove(INSPECT);
        environment.putAll(plan.environment());
        environment.put("PATH", usable(environment.get("PATH")));
        return builder;
    }

    /** The search path, or the usual one where it is not set. */
    public static String usable(@Nullable String path) {
        return path == null || path.isBlank() ? USUAL_PATH : path;
    }

    /** Finds a command as a shell would. A command that cannot be found is returned unchanged, for the message. */
    public static String resolve(String command, String path) {
        if (command.contains("/")) {
            return command;
        }
        return Stream.of(path.split(File.pathSeparator, -1))
                .filter(directory -> directory.startsWith("/"))
                .map(directory -> Path.of(directory, command))
                .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
                .map(Path::toString)
                .findFirst()
                .orElse(command);
    }

    /**
     * Asks the interpreter for its version.
     *
     * @param directory for files with its output
     * @throws DeploymentException if it is no Python interpreter, or too old
     */
    static void check(Plan plan, Path directory) throws IOException, InterruptedException {
        Path output = directory.resolve("interpreter.txt");
        Path errors = directory.resolve("interpreter-errors.txt");
        ProcessBuilder builder = processBuilder(plan, "-S", "-c", TELL_VERSION);
        builder.environment().keySet().removeAll(TALKATIVE);
        int status = status(
                plan,
                builder.redirectOutput(output.toFile())
                        .redirectError(errors.toFile())
                        .redirectInput(new File("/dev/null")));
        String said = Files.readString(output, ISO_8859_1);
        String[] words = said.lines()
                .filter(line -> line.startsWith(MARK))
                .reduce((earlier, later) -> later)
                .map(line -> line.substring(MARK.length()))
                .orElse("")
                .split(" ", 3);
        if (status != 0 || words.length < 3 || !isNumber(words[0]) || !isNumber(words[1])) {
            throw DeploymentException.ofSetting("step interpreter: " + quote(plan.python())
                    + " is no Python that works: it ended with status " + status + " and printed "
                    + quote((said.strip() + "\n"
                                    + Files.readString(errors, ISO_8859_1).strip())
                            .strip()) + ". Fix: "
                    + howToName(plan));
        }
        int major = Integer.parseInt(words[0]);
        int minor = Integer.parseInt(words[1]);
        if (major != 3 || minor < MIN_MINOR) {
            throw DeploymentException.ofSetting("step interpreter: expected Python 3." + MIN_MINOR + " or later; found "
                    + major + "." + minor + " (" + quote(words[2]) + "). Fix: " + howToName(plan));
        }
    }

    private static int status(Plan plan, ProcessBuilder builder) throws InterruptedException {
        Process process;
        try {
            process = Processes.start(builder);
        } catch (IOException e) {
            throw DeploymentException.ofSetting("step interpreter: " + quote(plan.python()) + " cannot be started: "
                    + FileProblem.inWords(e) + ". Fix: " + howToName(plan));
        }
        try {
            if (!process.waitFor(plan.limits().startTimeout().toMillis(), TimeUnit.MILLISECONDS)) {
                throw DeploymentException.ofSetting("step interpreter: " + quote(plan.python())
                        + " did not tell its version within gangway.start-timeout. Fix: " + howToName(plan));
            }
        } finally {
            process.destroyForcibly();
        }
        return process.exitValue();
    }

    private static boolean isNumber(String word) {
        return !word.isEmpty() && word.length() < 4 && word.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    private static String howToName(Plan plan) {
        return plan.virtualEnvironment().isPresent()
                ? "make gangway.venv the root of a virtual environment of Python 3." + MIN_MINOR + " or later"
                : "install Python 3." + MIN_MINOR + " or later, and name it in gangway.python, or a virtual"
                        + " environment in gangway.venv";
    }
}

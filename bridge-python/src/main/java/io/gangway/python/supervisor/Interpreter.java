package io.gangway.python.supervisor;

import static io.gangway.wsgi.RuleViolation.quote;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.gangway.deploy.DeploymentException;
import io.gangway.deploy.NativeText;
import io.gangway.log.FileProblem;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Checks that the program that a plan names is a Python interpreter and new enough, and starts processes of it. */
public final class Interpreter {
    /** The oldest version that runs: 3.9. */
    public static final int MIN_MINOR = 9;

    /** The beginning of the line that counts: a wrapper script may print lines before it. */
    private static final String MARK = "gangway-probe\t";

    /** Works in Python 2, too, so that its users get the message that names their version. */
    private static final String TELL = """
            import os, sys, sysconfig
            libc = ""
            try:
                libc = os.confstr("CS_GNU_LIBC_VERSION") or ""
            except (AttributeError, OSError, ValueError):
                pass
            told = ["%d" % sys.version_info[0], "%d" % sys.version_info[1], "%d.%d.%d" % sys.version_info[:3]]
            told += [sysconfig.get_platform(), libc, sys.executable]
            sys.stdout.write("\\ngangway-probe\\t" + "\\t".join(told) + "\\n")
            """;

    private static final int TOLD = 6;

    /** Prints the first of its arguments that is a path and cannot be read. */
    private static final String FIRST_UNREADABLE =
            "for file; do case $file in /*) [ -r \"$file\" ] || { printf %s \"$file\"; exit; } ;; esac; done";

    /** The search path where PATH is not set, as in systemd. Without one, the C library would search the working directory. */
    static final String USUAL_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /** Makes a program read interactive input at its end, which would block a server. */
    private static final String INSPECT = "PYTHONINSPECT";

    /** Variables that make an interpreter print more than its program does. */
    private static final List<String> TALKATIVE =
            List.of(INSPECT, "PYTHONVERBOSE", "PYTHONIOENCODING", "PYTHONSTARTUP");

    /**
     * What an interpreter says about itself.
     *
     * @param major the first number of its version
     * @param minor the second number of its version
     * @param release the whole version, for example {@code 3.11.7}
     * @param platform as {@code sysconfig.get_platform()} tells it, for example {@code linux-x86_64}
     * @param libc the C library and its version, for example {@code glibc 2.36}; empty if it is not known, as with musl
     * @param program its path
     */
    public record Told(int major, int minor, String release, String platform, String libc, String program) {}

    /**
     * The end of a process that was asked.
     *
     * @param status its exit code; empty if it did not end in time
     * @param printed all that it printed
     * @param told empty if it is no Python that works
     */
    public record Answer(OptionalInt status, String printed, Optional<Told> told) {
        private static Answer of(int status, String printed) {
            Optional<String[]> words = printed.lines()
                    .filter(line -> line.startsWith(MARK))
                    .reduce((earlier, later) -> later)
                    .map(line -> line.substring(MARK.length()).split("\t", TOLD))
                    .filter(it -> status == 0 && it.length == TOLD && isNumber(it[0]) && isNumber(it[1]));
            return new Answer(
                    OptionalInt.of(status),
                    printed.strip(),
                    words.map(it ->
                            new Told(Integer.parseInt(it[0]), Integer.parseInt(it[1]), it[2], it[3], it[4], it[5])));
        }
    }

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
        plan.environment().forEach((name, text) -> NativeText.check("gangway.env." + name, text));
        NativeText.check("gangway.python", plan.python());
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
        Answer answer;
        try {
            ProcessBuilder program = processBuilder(plan);
            checkReadable(plan, program.command());
            answer = ask(
                    program, directory.resolve("interpreter.txt"), plan.limits().startTimeout());
        } catch (IOException e) {
            throw DeploymentException.ofSetting("step interpreter: " + quote(plan.python()) + " cannot be started: "
                    + FileProblem.inWords(e) + ". Fix: " + howToName(plan));
        }
        if (answer.status().isEmpty()) {
            throw DeploymentException.ofSetting("step interpreter: " + quote(plan.python())
                    + " did not tell its version within gangway.start-timeout. Fix: " + howToName(plan));
        }
        Told told = answer.told()
                .orElseThrow(() -> DeploymentException.ofSetting("step interpreter: " + quote(plan.python())
                        + " is no Python that works: it ended with status "
                        + answer.status().getAsInt() + " and printed " + quote(answer.printed()) + ". Fix: "
                        + howToName(plan)));
        if (told.major() != 3 || told.minor() < MIN_MINOR) {
            throw DeploymentException.ofSetting("step interpreter: expected Python 3." + MIN_MINOR + " or later; found "
                    + told.major() + "." + told.minor() + " (" + quote(told.program()) + "). Fix: " + howToName(plan));
        }
    }

    /**
     * Asks a program what it is.
     *
     * @param program a process of it, without arguments
     * @param output a file for what it prints
     * @param time how long that may take
     * @return what it said
     * @throws IOException if it cannot be started
     * @throws InterruptedException if the thread is interrupted
     */
    public static Answer ask(ProcessBuilder program, Path output, Duration time)
            throws IOException, InterruptedException {
        program.command().addAll(List.of("-S", "-c", TELL));
        program.environment().keySet().removeAll(TALKATIVE);
        Process process = Processes.start(program.redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .redirectInput(new File("/dev/null")));
        try {
            return process.waitFor(time.toMillis(), TimeUnit.MILLISECONDS)
                    ? Answer.of(process.exitValue(), Files.readString(output, ISO_8859_1))
                    : new Answer(OptionalInt.empty(), "", Optional.empty());
        } finally {
            process.destroyForcibly();
        }
    }

    /** An interpreter that cannot read its own files says many things, but not that. */
    private static void checkReadable(Plan plan, List<String> command) throws IOException {
        List<String> prefix = command.subList(0, command.size() - 1);
        if (prefix.isEmpty()) {
            return;
        }
        List<String> asking = new ArrayList<>(prefix);
        asking.addAll(List.of("/bin/sh", "-c", FIRST_UNREADABLE, "sh", command.get(prefix.size())));
        plan.virtualEnvironment()
                .map(root -> root.resolve("pyvenv.cfg"))
                .filter(Files::exists)
                .ifPresent(file -> asking.add(file.toString()));
        Process process = Processes.start(new ProcessBuilder(asking).redirectErrorStream(true));
        process.getOutputStream().close();
        String unreadable = new String(process.getInputStream().readAllBytes(), UTF_8);
        if (!unreadable.isEmpty()) {
            throw DeploymentException.ofSetting(
                    "gangway.user: " + plan.identity().user().orElse("the group's user")
                            + " cannot read " + quote(unreadable) + ". Fix: "
                            + (plan.virtualEnvironment().isPresent()
                                    ? "put the virtual environment, and the interpreter that it was made with, where this user can read them"
                                    : "name an interpreter in gangway.python that this user can read, such as /usr/bin/python3"));
        }
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

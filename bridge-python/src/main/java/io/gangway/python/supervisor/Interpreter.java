package io.gangway.python.supervisor;

import static io.gangway.wsgi.RuleViolation.quote;

import io.gangway.deploy.DeploymentException;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The interpreter that a plan names: whether it is one, and new enough. */
final class Interpreter {
    private static final int LEAST_MINOR = 9;

    /** Works in Python 2, too, which is to be told politely. */
    private static final String TELL_VERSION =
            "import sys; sys.stdout.write('%d %d %s' % (sys.version_info[0], sys.version_info[1], sys.executable))";

    private Interpreter() {}

    /** The plan's environment around the JVM's own. */
    static ProcessBuilder processBuilder(Plan plan, String... command) {
        ProcessBuilder builder = new ProcessBuilder(command);
        Map<String, String> environment = builder.environment();
        plan.virtualEnvironment().ifPresent(root -> {
            environment.put("VIRTUAL_ENV", root.toString());
            environment.merge("PATH", root.resolve("bin").toString(), (path, bin) -> bin + File.pathSeparator + path);
            environment.remove("PYTHONHOME");
        });
        if (plan.reload().mode() == Reload.Mode.WATCH) {
            // A cache file is known by its source's second and size: too coarse for one who saves twice in a second.
            environment.putIfAbsent("PYTHONDONTWRITEBYTECODE", "1");
        }
        environment.putAll(plan.environment());
        return builder;
    }

    /**
     * Asks the interpreter for its version.
     *
     * @throws DeploymentException if it is none, or too old
     */
    static void check(Plan plan, Path output) throws IOException, InterruptedException {
        Process process;
        try {
            process = Processes.start(processBuilder(plan, plan.python(), "-S", "-c", TELL_VERSION)
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .redirectInput(new File("/dev/null")));
        } catch (IOException e) {
            throw new DeploymentException("step interpreter: " + quote(plan.python()) + " cannot be started: "
                    + quote(String.valueOf(e.getMessage())) + ". Fix: " + howToName(plan));
        }
        try {
            if (!process.waitFor(plan.limits().startTimeout().toMillis(), TimeUnit.MILLISECONDS)) {
                throw new DeploymentException("step interpreter: " + quote(plan.python())
                        + " did not tell its version within gangway.start-timeout. Fix: " + howToName(plan));
            }
        } finally {
            process.destroyForcibly();
        }
        String told = java.nio.file.Files.readString(output, StandardCharsets.ISO_8859_1)
                .strip();
        String[] words = told.split(" ", 3);
        if (process.exitValue() != 0 || words.length < 3 || !isNumber(words[0]) || !isNumber(words[1])) {
            throw new DeploymentException("step interpreter: " + quote(plan.python())
                    + " is no Python that works: it ended with status " + process.exitValue() + " and said "
                    + quote(told) + ". Fix: " + howToName(plan));
        }
        int major = Integer.parseInt(words[0]);
        int minor = Integer.parseInt(words[1]);
        if (major != 3 || minor < LEAST_MINOR) {
            throw new DeploymentException("step interpreter: expected Python 3." + LEAST_MINOR + " or later; found "
                    + major + "." + minor + " (" + quote(words[2]) + "). Fix: " + howToName(plan));
        }
    }

    private static boolean isNumber(String word) {
        return !word.isEmpty() && word.length() < 4 && word.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    private static String howToName(Plan plan) {
        return plan.virtualEnvironment().isPresent()
                ? "make gangway.venv the root of a virtual environment of Python 3." + LEAST_MINOR + " or later"
                : "install Python 3." + LEAST_MINOR + " or later, and name it in gangway.python, or a virtual"
                        + " environment in gangway.venv";
    }
}

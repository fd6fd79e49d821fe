package io.gangway.cli.doctor;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.gangway.python.supervisor.Interpreter;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Whether the packages of an interpreter fit each other, as {@code pip check} says. */
public final class PackageCheck {
    /** Lines of pip that a finding shows: one package of a wrong version often causes many. */
    private static final int MAX_LINES = 10;

    private PackageCheck() {}

    /**
     * Asks pip, which looks at this machine only.
     *
     * @param python the interpreter that the settings name
     * @return empty if the interpreter has no pip
     * @throws InterruptedException if the thread is interrupted
     */
    public static Optional<Finding> of(String python) throws InterruptedException {
        String program = Interpreter.resolve(python, Interpreter.usable(System.getenv("PATH")));
        try {
            Process process = new ProcessBuilder(program, "-m", "pip", "--disable-pip-version-check", "check")
                    .redirectErrorStream(true)
                    .start();
            try {
                process.getOutputStream().close();
                List<String> said = new String(process.getInputStream().readAllBytes(), UTF_8)
                        .strip()
                        .lines()
                        .toList();
                return finding(process.waitFor(), said);
            } finally {
                process.destroyForcibly();
            }
        } catch (IOException e) {
            return Optional.empty(); // the finding "interpreter" says so
        }
    }

    private static Optional<Finding> finding(int exitCode, List<String> said) {
        if (said.isEmpty() || said.get(said.size() - 1).contains("No module named pip")) {
            return Optional.empty();
        }
        String shown = String.join("\n", said.subList(0, Math.min(said.size(), MAX_LINES)));
        return Optional.of(
                exitCode == 0
                        ? Finding.ok("packages", shown)
                        : Finding.warning(
                                "packages",
                                shown,
                                "install the versions that are missing, with this interpreter's pip"));
    }
}

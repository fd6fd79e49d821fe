package io.gangway.wheel;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Runs the package's unit tests, which are written in Python, as part of the Maven build. */
class WheelTest {
    @Test
    @Timeout(value = 1, unit = TimeUnit.MINUTES) // far more than they need: one that hangs must not hang the build
    void the_packages_own_tests_pass() throws Exception {
        Command.assumePython();
        Path module = Path.of("").toAbsolutePath();
        Command.Ended ended = Command.runToEnd(
                module.resolve("src/test/python"),
                Map.of("PYTHONPATH", module.resolve("src/main/python") + ":" + module),
                List.of(Command.PYTHON, "-B", "-m", "unittest", "discover", "-s", "."));

        assertThat(ended.exitCode()).as(ended.output()).isZero();
        assertThat(ended.output()).containsPattern("Ran [1-9]\\d+ tests");
    }
}

package io.gangway.python;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Runs the worker's own unit tests, which are written in Python, as part of the Maven build. */
class WorkerPackageTest {
    @Test
    @Timeout(value = 5, unit = TimeUnit.MINUTES) // far more than they need: one that hangs must not hang the build
    void the_workers_own_tests_pass() throws IOException, InterruptedException {
        Served.assumePython();
        Path tests = Path.of("src", "test", "python").toAbsolutePath();
        ProcessBuilder builder = new ProcessBuilder(Served.PYTHON, "-B", "-m", "unittest", "discover", "-s", ".")
                .directory(tests.toFile())
                .redirectErrorStream(true);
        builder.environment()
                .put(
                        "PYTHONPATH",
                        Path.of("src", "main", "python").toAbsolutePath().toString());
        Process process = builder.start();
        try {
            String output = new String(process.getInputStream().readAllBytes(), UTF_8);

            assertThat(process.waitFor()).as(output).isZero();
            assertThat(output).containsPattern("Ran \\d+ tests");
        } finally {
            process.destroyForcibly();
        }
    }
}

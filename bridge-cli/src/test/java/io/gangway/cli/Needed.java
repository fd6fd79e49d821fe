package io.gangway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** What the tests of the command need of a machine: elsewhere they are skipped with the reason, but in our own build a missing program is a failure. */
final class Needed {
    private Needed() {}

    /** An interpreter for the workers. */
    static void python() throws InterruptedException {
        that(runs("python3", "-c", ""), "python3 on the PATH");
    }

    /**
     * A program at its place.
     *
     * @param name with the package that has it
     */
    static void file(String program, String name) {
        that(Files.isExecutable(Path.of(program)), name);
    }

    /** Skips the test unless something is there. */
    static void that(boolean isThere, String what) {
        if (System.getenv("CI") != null) {
            assertThat(isThere).as(what).isTrue();
        }
        Assumptions.assumeTrue(isThere, "there is no " + what);
    }

    /** Whether a command can be started, and ends well. */
    static boolean runs(String... command) throws InterruptedException {
        try {
            return new ProcessBuilder(command)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        }
    }
}

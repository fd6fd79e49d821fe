package io.gangway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Assumptions;

/** The interpreter that the tests of the jar need: elsewhere they are skipped, but not in our own build. */
final class Pythons {
    private Pythons() {}

    static void assumePython() throws InterruptedException {
        boolean isThere = isThere();
        if (System.getenv("CI") != null) {
            assertThat(isThere).as("python3 on the PATH").isTrue();
        }
        Assumptions.assumeTrue(isThere, "there is no python3 on the PATH");
    }

    private static boolean isThere() throws InterruptedException {
        try {
            return new ProcessBuilder("python3", "-c", "").start().waitFor() == 0;
        } catch (IOException e) {
            return false;
        }
    }
}

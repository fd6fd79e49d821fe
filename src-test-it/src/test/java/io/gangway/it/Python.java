package io.gangway.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The CPython that tests run their applications on: {@code python3}, or {@code -Dtest.python}; and the contract's twins on it. */
public final class Python {
    /** The interpreter. */
    public static final String COMMAND = System.getProperty("test.python", "python3");

    private Python() {}

    /** Without an interpreter the tests are skipped; in the project's own checks, they fail. */
    public static void assumeThere() {
        boolean isThere = isThere();
        if (Boolean.parseBoolean(System.getenv("CI"))) {
            assertThat(isThere).as("a CPython named " + COMMAND).isTrue();
        }
        assumeTrue(isThere, "no CPython named " + COMMAND + ": install one, or name it with -Dtest.python");
    }

    /** The settings by which a deployment finds the interpreter and the twins. */
    static List<String> settings() {
        return List.of("gangway.python=" + COMMAND, "gangway.python-path=" + modules());
    }

    /** Every twin with the reason why it is not validated; empty if it is. */
    static Map<String, String> twins() throws IOException, InterruptedException {
        Process listing = new ProcessBuilder(COMMAND, "-B", "-m", "contract")
                .directory(modules().toFile())
                .redirectErrorStream(true)
                .start();
        try {
            String output = new String(listing.getInputStream().readAllBytes(), UTF_8);
            assertThat(listing.waitFor()).as(output).isZero();
            Map<String, String> twins = new LinkedHashMap<>();
            output.lines().map(line -> line.split("\t", -1)).forEach(pair -> twins.put(pair[0], pair[1]));
            return twins;
        } finally {
            listing.destroyForcibly();
        }
    }

    private static boolean isThere() {
        try {
            return new ProcessBuilder(COMMAND, "--version")
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static Path modules() {
        return ContractTable.target().resolve("test-classes");
    }
}

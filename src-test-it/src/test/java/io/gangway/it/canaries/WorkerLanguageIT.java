package io.gangway.it.canaries;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The worker runs on interpreters that are not on this machine: vermin knows what each version of Python has. */
class WorkerLanguageIT {
    @Test
    void the_worker_needs_no_python_above_3_9() throws IOException, InterruptedException {
        assertThat(checked("3.9-").output()).contains("Minimum required versions:");
        assertThat(checked("3.9-").status()).isZero();
    }

    @Test
    void the_checker_would_find_what_is_newer() throws IOException, InterruptedException {
        assertThat(checked("3.4-").status()).isNotZero();
    }

    private static Command checked(String versions) throws IOException, InterruptedException {
        return Command.run(
                Places.target(),
                Map.of(),
                VirtualEnvironment.FRAMEWORKS.root().resolve("bin/vermin").toString(),
                "--target=" + versions,
                "--no-tips",
                "--violations",
                Places.target().resolve("../../bridge-python/src/main/python").toString());
    }
}

package io.gangway.python.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gangway.deploy.DeploymentException;
import io.gangway.python.dispatch.Dispatcher;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where sockets live: for this user alone, and not for longer than needed. */
class PrivateDirectoryTest {
    @TempDir
    Path parent;

    @Test
    void nobody_else_can_enter_it() throws IOException {
        try (PrivateDirectory directory = PrivateDirectory.create(parent)) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.path())))
                    .isEqualTo("rwx------");
        }
    }

    @Test
    void it_goes_with_all_that_is_in_it() throws IOException {
        PrivateDirectory directory = PrivateDirectory.create(parent);
        Files.createDirectories(directory.path().resolve("package/__pycache__"));
        Files.writeString(directory.path().resolve("package/__pycache__/a.pyc"), "");
        directory.close();
        assertThat(parent).isEmptyDirectory();
    }

    @Test
    void what_a_killed_jvm_left_goes_with_the_next_start_and_nothing_else() throws IOException {
        Path stale = Files.createDirectory(parent.resolve("gangway-python-1"));
        Files.writeString(stale.resolve("lock"), "");
        Files.writeString(stale.resolve("gangway.sock"), "");
        Path foreign = Files.createDirectory(parent.resolve("gangway-python-2"));
        Path other = Files.createDirectory(parent.resolve("other"));
        try (PrivateDirectory first = PrivateDirectory.create(parent);
                PrivateDirectory second = PrivateDirectory.create(parent)) {
            assertThat(first.path()).exists();
            assertThat(second.path()).exists();
            assertThat(stale).doesNotExist();
            assertThat(foreign).exists();
            assertThat(other).exists();
        }
    }

    @Test
    void a_path_that_is_too_long_for_a_socket_is_told_before_anything_starts() throws IOException {
        Path deep = parent.resolve("d".repeat(80));
        Plan plan = new Plan(
                "shop:application",
                "auto",
                "python3",
                Optional.empty(),
                List.of(),
                Optional.empty(),
                Map.of(),
                1,
                1,
                false,
                new Reload(Reload.Mode.OFF, Optional.empty()),
                new Plan.Limits(Duration.ofSeconds(1), Duration.ZERO, Duration.ZERO, 0, 0, Duration.ZERO, 0));
        try (Dispatcher dispatcher = new Dispatcher(0, Duration.ZERO)) {
            assertThatThrownBy(() -> Workers.start(plan, dispatcher, deep))
                    .isInstanceOf(DeploymentException.class)
                    .hasMessageStartingWith("step socket: the path of a Unix socket in ")
                    .hasMessageEndingWith("Fix: start the JVM with a shorter -Djava.io.tmpdir");
        }
    }
}

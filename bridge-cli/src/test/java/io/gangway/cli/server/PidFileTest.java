package io.gangway.cli.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gangway.deploy.DeploymentException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PidFileTest {
    private static final long OWN = ProcessHandle.current().pid();

    @TempDir
    private Path folder;

    @Test
    void has_the_process_id_until_it_is_closed() throws IOException {
        Path path = folder.resolve("a.pid");
        try (PidFile file = PidFile.write(path)) {
            assertThat(file).isNotNull();
            assertThat(path).hasContent(OWN + "\n");
        }
        assertThat(path).doesNotExist();
    }

    @Test
    void one_whose_process_has_ended_is_replaced() throws Exception {
        Process ended = new ProcessBuilder("true").start();
        ended.waitFor();
        Path path = Files.writeString(folder.resolve("a.pid"), ended.pid() + "\n");

        PidFile.write(path);

        assertThat(path).hasContent(OWN + "\n");
    }

    @Test
    void one_whose_process_runs_is_an_error() throws Exception {
        Process running = new ProcessBuilder("sleep", "60").start();
        try {
            Path path = Files.writeString(folder.resolve("a.pid"), running.pid() + "\n");

            assertThatThrownBy(() -> PidFile.write(path))
                    .isInstanceOf(DeploymentException.class)
                    .hasMessage("--pid-file: " + path + " names process " + running.pid()
                            + ", which runs. Fix: stop it, or name another file");
            assertThat(path).hasContent(running.pid() + "\n");
        } finally {
            running.destroyForcibly();
        }
    }

    @Test
    void a_process_that_began_after_the_file_was_written_has_only_the_same_id() throws Exception {
        Process running = new ProcessBuilder("sleep", "60").start();
        try {
            Path path = Files.writeString(folder.resolve("a.pid"), running.pid() + "\n");
            Files.setLastModifiedTime(path, FileTime.from(Instant.now().minusSeconds(3600)));

            PidFile.write(path);

            assertThat(path).hasContent(OWN + "\n");
        } finally {
            running.destroyForcibly();
        }
    }

    @Test
    void a_link_is_not_followed() throws IOException {
        Path target = Files.writeString(folder.resolve("target"), "1");
        Path path = Files.createSymbolicLink(folder.resolve("a.pid"), target);

        assertThatThrownBy(() -> PidFile.write(path))
                .isInstanceOf(DeploymentException.class)
                .hasMessage("--pid-file: " + path
                        + " is a symbolic link, which is not followed. Fix: remove it, or name another file");
        assertThat(target).hasContent("1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"workers = 4\n", "12 apples", "-5"})
    void a_file_with_something_else_is_not_replaced(String content) throws IOException {
        Path path = Files.writeString(folder.resolve("gangway.toml"), content);

        assertThatThrownBy(() -> PidFile.write(path))
                .isInstanceOf(DeploymentException.class)
                .hasMessage(
                        "--pid-file: " + path
                                + " is no file with a process id, and it would be replaced. Fix: name another file, or remove this one");
        assertThat(path).hasContent(content);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n", "\0\0\0\0"})
    void a_file_that_a_crash_has_emptied_is_replaced(String content) throws IOException {
        Path path = Files.writeString(folder.resolve("a.pid"), content);

        PidFile.write(path);

        assertThat(path).hasContent(OWN + "\n");
    }

    @Test
    void a_directory_that_does_not_exist_is_an_error_of_the_setting() {
        Path path = folder.resolve("nowhere/a.pid");

        assertThatThrownBy(() -> PidFile.check(path))
                .isInstanceOfSatisfying(
                        DeploymentException.class,
                        problem -> assertThat(problem.reason()).isEqualTo(DeploymentException.Reason.SETTING))
                .hasMessage("--pid-file: " + path + " cannot be written: there is no directory " + path.getParent()
                        + ". Fix: name a file in a directory that this user may write to");
    }

    @Test
    void a_check_leaves_the_file_of_a_process_that_has_ended() throws Exception {
        Process ended = new ProcessBuilder("true").start();
        ended.waitFor();
        Path path = Files.writeString(folder.resolve("a.pid"), ended.pid() + "\n");

        PidFile.check(path);

        assertThat(path).hasContent(ended.pid() + "\n");
    }

    @Test
    void one_that_another_process_has_replaced_is_left() throws IOException {
        Path path = folder.resolve("a.pid");
        try (PidFile file = PidFile.write(path)) {
            assertThat(file).isNotNull();
            Files.writeString(path, "1\n");
        }
        assertThat(path).hasContent("1\n");
    }
}

package io.gangway.python.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.gangway.deploy.DeploymentException;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The directory of the socket: closed to other users, and deleted when it is not needed any more. */
class PrivateDirectoryTest {
    @TempDir
    Path parent;

    @Test
    void a_missing_parent_is_an_error_with_a_remedy() {
        Path missing = parent.resolve("missing");

        assertThatThrownBy(() -> PrivateDirectory.create(missing))
                .isInstanceOf(DeploymentException.class)
                .hasMessage("step socket: no directory can be made in \"" + missing
                        + "\": there is no such file or directory. Fix: start the JVM with -Djava.io.tmpdir=DIR, a directory that"
                        + " Gangway may write to");
    }

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
        Path stale = stale("1");
        Path unlocked = directory("2", "rwx------");
        Path other = Files.createDirectory(parent.resolve("other"));
        Path precious = Files.writeString(other.resolve("precious"), "");
        Files.createSymbolicLink(stale.resolve("link"), other);
        Files.createDirectory(stale.resolve("launcher"));
        Files.createSymbolicLink(stale.resolve("launcher/link"), other);
        try (PrivateDirectory first = PrivateDirectory.create(parent);
                PrivateDirectory second = PrivateDirectory.create(parent)) {
            assertThat(first.path()).exists();
            assertThat(second.path()).exists();
            assertThat(stale).doesNotExist();
            assertThat(unlocked).exists();
            assertThat(precious).exists();
        }
    }

    @Test
    void a_link_that_somebody_put_there_is_not_followed() throws IOException {
        Path mine = directory(parent, "documents", "rwx------");
        Files.writeString(mine.resolve("lock"), "");
        Path precious = Files.writeString(mine.resolve("precious"), "");
        Path link = Files.createSymbolicLink(parent.resolve("gangway-python-7"), mine);
        try (PrivateDirectory directory = PrivateDirectory.create(parent)) {
            assertThat(directory.path()).exists();
            assertThat(precious).exists();
            assertThat(link).isSymbolicLink();
        }
    }

    @Test
    void a_lock_that_is_a_link_is_not_followed() throws IOException {
        Path planted = directory("7", "rwx------");
        Path target = Files.writeString(parent.resolve("target"), "");
        Files.createSymbolicLink(planted.resolve("lock"), target);
        PrivateDirectory.create(parent).close();
        assertThat(planted).exists();
        assertThat(target).exists();
    }

    @Test
    @Timeout(10)
    void a_pipe_in_the_place_of_the_lock_keeps_nobody_waiting() throws Exception {
        Path planted = directory("7", "rwxrwxrwx");
        Path own = directory("8", "rwx------");
        for (Path directory : List.of(planted, own)) {
            Process made =
                    new ProcessBuilder("mkfifo", directory.resolve("lock").toString()).start();
            assertThat(made.waitFor()).isZero();
        }
        PrivateDirectory.create(parent).close();
        assertThat(planted.resolve("lock")).exists();
        assertThat(own.resolve("lock")).exists();
    }

    @Test
    @Timeout(10)
    void a_pipe_in_the_place_of_a_directory_keeps_nobody_waiting() throws Exception {
        Path pipe = parent.resolve("gangway-python-7");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        Path stale = stale("8");
        PrivateDirectory.create(parent).close();
        assertThat(pipe).exists();
        assertThat(stale).doesNotExist();
    }

    @Test
    void what_others_can_write_to_is_left_alone() throws IOException {
        Path open = stale("7");
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
        PrivateDirectory.create(parent).close();
        assertThat(open.resolve("lock")).exists();
    }

    /** Where workers run as another user, they pass through the directory. */
    @Test
    void what_others_can_only_pass_through_goes_too() throws IOException {
        Path passable = stale("7");
        Files.setPosixFilePermissions(passable, PosixFilePermissions.fromString("rwx--x--x"));
        PrivateDirectory.create(parent).close();
        assertThat(passable).doesNotExist();
    }

    @Test
    void what_belongs_to_somebody_else_is_left_alone() throws IOException {
        Path foreign = stale("7");
        assumeTrue(give(foreign, "nobody"), "only root can give a directory to another user, as this test does");
        PrivateDirectory.create(parent).close();
        assertThat(foreign.resolve("lock")).exists();
    }

    private boolean give(Path file, String user) throws IOException {
        UserPrincipal owner =
                parent.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(user);
        try {
            Files.setOwner(file, owner);
            return true;
        } catch (FileSystemException e) {
            return false;
        }
    }

    /** The start of a second deployment must not release the first one's lock: another JVM would remove its directory as stale. */
    @Test
    void a_second_deployment_does_not_give_up_the_lock_of_the_first() throws Exception {
        try (PrivateDirectory first = PrivateDirectory.create(parent);
                PrivateDirectory second = PrivateDirectory.create(parent)) {
            Process other = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-cp",
                            System.getProperty("java.class.path"),
                            OtherJvm.class.getName(),
                            parent.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(parent.resolve("other.log").toFile())
                    .start();
            assertThat(other.waitFor()).isZero();
            assertThat(first.path()).isNotEmptyDirectory();
            assertThat(second.path()).isNotEmptyDirectory();
        }
    }

    /** A JVM that starts a deployment with the same temporary directory. */
    static final class OtherJvm {
        private OtherJvm() {}

        public static void main(String[] arguments) throws IOException {
            PrivateDirectory.create(Path.of(arguments[0])).close();
        }
    }

    private Path stale(String number) throws IOException {
        Path made = directory(number, "rwx------");
        Files.writeString(made.resolve("lock"), "");
        Files.writeString(made.resolve("gangway.sock"), "");
        return made;
    }

    private Path directory(String number, String permissions) throws IOException {
        return directory(parent, "gangway-python-" + number, permissions);
    }

    private static Path directory(Path parent, String name, String permissions) throws IOException {
        Path made = Files.createDirectory(parent.resolve(name));
        return Files.setPosixFilePermissions(made, PosixFilePermissions.fromString(permissions)); // whatever the umask
    }

    @Test
    void where_the_path_of_a_socket_would_be_too_long_a_shorter_place_is_taken() throws IOException {
        Path deep = directory(parent, "\u00e9".repeat(50), "rwx------"); // 100 bytes in 50 characters
        Path everybodys = directory(parent, "open", "rwxrwxrwx");
        Path own = directory(parent, "own", "rwx------");
        Places places = new Places(uid -> List.of(parent.resolve("missing"), everybodys, own));
        try (PrivateDirectory directory = PrivateDirectory.create(deep, places)) {
            assertThat(directory.path()).hasParentRaw(own);
            assertThat(deep).isEmptyDirectory();
        }
        assertThat(own).isEmptyDirectory();
    }

    @Test
    void everybodys_directory_will_do_if_nobody_can_rename_what_is_in_it() throws IOException {
        Path deep = directory(parent, "d".repeat(90), "rwx------");
        Path sticky = directory(parent, "sticky", "rwxrwxrwx");
        Files.setAttribute(sticky, "unix:mode", (int) Files.getAttribute(sticky, "unix:mode") | 01000);
        try (PrivateDirectory directory = PrivateDirectory.create(deep, new Places(uid -> List.of(sticky)))) {
            assertThat(directory.path()).hasParentRaw(sticky);
        }
    }

    @Test
    void the_places_are_the_users_own_before_everybodys() {
        assertThat(Places.shorter(Map.of("XDG_RUNTIME_DIR", "/run/mine"))
                        .candidates()
                        .apply(7))
                .containsExactly(Path.of("/run/mine"), Path.of("/run/user/7"), Path.of("/tmp"));
        assertThat(Places.shorter(Map.of("XDG_RUNTIME_DIR", "relative"))
                        .candidates()
                        .apply(7))
                .containsExactly(Path.of("/run/user/7"), Path.of("/tmp"));
    }

    @Test
    void without_a_shorter_place_the_start_fails_and_says_what_to_do() throws IOException {
        Path deep = directory(parent, "d".repeat(90), "rwx------");
        assertThatThrownBy(() -> PrivateDirectory.create(deep, new Places(uid -> List.of())))
                .isInstanceOf(DeploymentException.class)
                .hasMessageStartingWith("step socket: the path of a Unix socket in ")
                .hasMessageEndingWith("Fix: start the JVM with a shorter -Djava.io.tmpdir");
        assertThat(deep).isEmptyDirectory();
    }
}

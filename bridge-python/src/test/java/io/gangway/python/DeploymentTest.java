package io.gangway.python;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.gangway.deploy.DeploymentException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How a deployment starts, fails to start, and ends. */
class DeploymentTest {
    private static final String USUAL = System.getProperty("java.io.tmpdir");

    /** The parent of the private directories: other tests may be starting deployments in the default one. */
    @TempDir
    static Path temporary;

    @BeforeAll
    static void divert() {
        System.setProperty("java.io.tmpdir", temporary.toString());
    }

    @AfterAll
    static void restore() {
        System.setProperty("java.io.tmpdir", USUAL);
    }

    @AfterEach
    void nothing_is_left_behind() {
        await().untilAsserted(() -> {
            assertThat(ProcessHandle.current().descendants().filter(ProcessHandle::isAlive))
                    .isEmpty();
            assertThat(threads()).isEmpty();
            assertThat(directories()).isEmpty();
        });
    }

    @Test
    void starts_and_stops_again_and_again() {
        for (int i = 0; i < 20; i++) {
            try (Served served = Served.start("workers", "2")) {
                assertThat(served.client().get("/").send().code()).isEqualTo(200);
            }
        }
    }

    @Test
    void preloads() {
        try (Served served = Served.start("workers", "2", "preload", "true")) {
            assertThat(served.client().get("/").send().code()).isEqualTo(200);
        }
    }

    @Test
    void an_import_that_fails_shows_the_traceback_and_a_remedy() {
        assertThatThrownBy(() -> Served.of("python:broken:application"))
                .isInstanceOf(DeploymentException.class)
                .hasMessageStartingWith("step import of \"broken:application\" failed: ")
                .hasMessageContaining("ModuleNotFoundError: No module named 'a_module_that_nobody_has'")
                .hasMessageContaining("broken.py\", line 3")
                .hasMessageContaining("Fix: put the directory that holds the module into gangway.python-path");
    }

    @Test
    void an_import_that_fails_while_preloading_says_the_same() {
        assertThatThrownBy(() -> Served.of("python:broken:application", "preload", "true"))
                .isInstanceOf(DeploymentException.class)
                .hasMessageStartingWith("step import of \"broken:application\" failed: ")
                .hasMessageContaining("No module named 'a_module_that_nobody_has'");
    }

    @ParameterizedTest
    @CsvSource({
        "exits_at_import, 'SystemExit: not today'",
        "interrupted_at_import, KeyboardInterrupt",
    })
    void an_import_that_ends_other_programs_has_failed(String module, String problem) {
        for (String preload : List.of("false", "true")) {
            assertThatThrownBy(() -> Served.of("python:" + module + ":application", "preload", preload))
                    .isInstanceOf(DeploymentException.class)
                    .hasMessageStartingWith("step import of \"" + module + ":application\" failed: " + problem)
                    .hasMessageContaining(module + ".py\", line 3")
                    .hasMessageEndingWith("Fix: correct the application at the last line that the traceback names");
        }
    }

    @Test
    void an_import_that_ends_the_process_shows_its_last_words() {
        assertThatThrownBy(() -> Served.of("python:dies_at_import:application"))
                .isInstanceOf(DeploymentException.class)
                .hasMessageMatching("(?s)step import: worker \\d+ exited with status 5 before it was ready\\."
                        + " It printed last:\n    a last word\nFix: .*");
        assertThatThrownBy(() -> Served.of("python:dies_at_import:application", "preload", "true"))
                .isInstanceOf(DeploymentException.class)
                .hasMessageMatching("(?s)step launch: the launcher ended with status 5 before it was ready\\."
                        + " It printed last:\n    a last word\nFix: .* gangway\\.preload=false");
    }

    @Test
    void a_temporary_directory_whose_path_is_too_long_for_a_socket_is_no_obstacle() throws IOException {
        Path deep = Files.createDirectories(temporary.resolve("x".repeat(60)));
        System.setProperty("java.io.tmpdir", deep.toString());
        try (Served served = Served.start()) {
            assertThat(served.client().get("/").send().code()).isEqualTo(200);
            assertThat(deep).isDirectoryNotContaining(made -> Files.exists(made.resolve("gangway.sock")));
        } finally {
            System.setProperty("java.io.tmpdir", temporary.toString());
        }
    }

    @Test
    void a_missing_module_is_named() {
        assertThatThrownBy(() -> Served.of("python:servd:application"))
                .isInstanceOf(DeploymentException.class)
                .hasMessageStartingWith(
                        "step import of \"servd:application\" failed: there is no module \"servd\" on sys.path; the nearest: ")
                .hasMessageContaining("served")
                .hasMessageContaining(
                        "Fix: correct the module's name, or put the directory that holds the module into gangway.python-path (now ");
    }

    @Test
    void a_missing_callable_is_named() {
        assertThatThrownBy(() -> Served.of("python:served:aplication"))
                .isInstanceOf(DeploymentException.class)
                .hasMessageStartingWith("step find of \"served:aplication\" failed: ")
                .hasMessageContaining("aplication")
                .hasMessageContaining("Fix: name a callable of the module after the colon");
    }

    @Test
    void a_missing_interpreter_is_named() {
        assertThatThrownBy(() -> Served.start("python", "python3.99"))
                .isInstanceOf(DeploymentException.class)
                .hasMessageStartingWith("step interpreter: \"python3.99\" cannot be started: ")
                .hasMessageContaining("Fix: install Python 3.9 or later, and name it in gangway.python");
    }

    @Test
    void what_is_no_interpreter_is_named() {
        assertThatThrownBy(() -> Served.start("python", "/bin/cat"))
                .isInstanceOf(DeploymentException.class)
                .hasMessageStartingWith(
                        "step interpreter: \"/bin/cat\" is no Python that works: it ended with status 1");
    }

    @Test
    void a_python_that_is_too_old_is_named(@TempDir Path files) throws IOException {
        Path old = files.resolve("python");
        Files.writeString(
                old, "#!/bin/sh\nprintf 'gangway-probe\\t3\\t6\\t3.6.9\\tlinux-x86_64\\t\\t/opt/old/python\\n'\n");
        assertThat(old.toFile().setExecutable(true)).isTrue();
        assertThatThrownBy(() -> Served.start("python", old.toString()))
                .isInstanceOf(DeploymentException.class)
                .hasMessageStartingWith(
                        "step interpreter: expected Python 3.9 or later; found 3.6 (\"/opt/old/python\")");
    }

    @Test
    void a_missing_virtual_environment_is_named() {
        assertThatThrownBy(() -> Served.start("venv", "/nowhere"))
                .isInstanceOf(DeploymentException.class)
                .hasMessageContaining(
                        "gangway.venv: expected the root of a virtual environment, which `python3 -m venv` makes and in which this user may run bin/python;"
                                + " found \"/nowhere\" (from servlet init-param). Fix: correct it");
    }

    @Test
    void a_missing_directory_is_named() {
        assertThatThrownBy(() -> Served.start("chdir", "/nowhere"))
                .isInstanceOf(DeploymentException.class)
                .hasMessage(
                        "gangway.chdir: expected an existing directory that this user may enter; found \"/nowhere\" (from servlet"
                                + " init-param). Fix: correct it");
    }

    /** The timeout is long enough for a worker on a busy machine to reach its import, which never ends. */
    @Test
    void a_start_that_takes_too_long_says_where_it_is() {
        assertThatThrownBy(() -> Served.of("python:slow:application", "start-timeout", "12s"))
                .isInstanceOf(DeploymentException.class)
                .hasMessageStartingWith("the workers were not ready within the 12000 ms of gangway.start-timeout: ")
                .hasMessageContaining("has been at step import for");
    }

    /** Systems delete old files in their temporary directories; workers live longer. */
    @Test
    void a_reload_does_not_need_the_files_of_the_start_and_leaves_none_behind(@TempDir Path files) throws IOException {
        Path trigger = files.resolve("deployed");
        try (Served served = Served.start("reload", "touch:" + trigger)) {
            Path before = launcher();
            try (Stream<Path> modules = Files.list(before.resolve("gangway_worker"))) {
                for (Path module : modules.filter(Files::isRegularFile).toList()) {
                    Files.delete(module);
                }
            }
            long pid = served.workerPid();
            Files.createFile(trigger);
            await().until(() -> served.workerPid() != pid);
            await().untilAsserted(() -> assertThat(launcher()).isNotEqualTo(before));
        }
    }

    /** The only launcher's directory. */
    private static Path launcher() throws IOException {
        try (Stream<Path> found = Files.walk(temporary, 2)) {
            List<Path> launchers = found.filter(
                            file -> file.getFileName().toString().startsWith("launcher-"))
                    .toList();
            assertThat(launchers).hasSize(1);
            return launchers.get(0);
        }
    }

    private static Set<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("gangway"))
                .collect(Collectors.toSet());
    }

    private static List<Path> directories() throws IOException {
        try (Stream<Path> files = Files.list(temporary)) {
            return files.filter(file -> file.getFileName().toString().startsWith("gangway-python-"))
                    .toList();
        }
    }
}

package io.gangway.python;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code kill -9} of the JVM, in any state of its processes: they are gone within two seconds. */
@Timeout(120)
@EnabledOnOs(value = OS.LINUX, disabledReason = "looks for processes in /proc")
class JvmDeathTest {
    /** Max time until all Python processes are gone. */
    private static final Duration GONE = Duration.ofSeconds(2);

    /** In the system's temporary directory, because paths of sockets must be short. */
    @TempDir
    static Path files;

    @ParameterizedTest
    @CsvSource({
        "idle,                             rough:application,    /print?x, false",
        "serving a request,                rough:application,    /block?MARK, false",
        "stuck in native code with the GIL, rough:application,   /block_with_the_gil?MARK, false",
        "importing for ever,               imports_for_ever,     /, false",
        "preloading for ever,              imports_for_ever,     /, true",
        "importing with the GIL for ever,  imports_with_the_gil, /, false"
    })
    void no_process_survives_it(String doing, String application, String path, String preload) throws Exception {
        Path mark = files.resolve(doing.replace(' ', '-'));
        Process jvm = start(application, path.replace("MARK", mark.toString()), preload, mark);
        try {
            List<Long> processes = new ArrayList<>();
            await().atMost(Duration.ofSeconds(60)).until(() -> {
                processes.clear();
                jvm.descendants().map(ProcessHandle::pid).forEach(processes::add);
                return jvm.isAlive()
                        && processes.size() >= (preload.equals("true") ? 1 : 2)
                        && (doing.equals("idle") || Files.exists(mark));
            });
            jvm.destroyForcibly().waitFor();
            await().atMost(GONE).until(() -> processes.stream().noneMatch(JvmDeathTest::isAlive));
        } finally {
            jvm.descendants().forEach(ProcessHandle::destroyForcibly);
            jvm.destroyForcibly();
        }
    }

    @Test
    void no_body_survives_it() throws Exception {
        Path mark = files.resolve("with-a-body");
        Process jvm = start("rough:application", "/block?" + mark, "false", mark, "with a body");
        try {
            await().atMost(Duration.ofSeconds(60)).until(() -> Files.exists(mark) || !jvm.isAlive());
            assertThat(bodies()).hasSize(1);
            jvm.destroyForcibly().waitFor();
            await().atMost(GONE).untilAsserted(() -> assertThat(bodies()).isEmpty());
        } finally {
            jvm.descendants().forEach(ProcessHandle::destroyForcibly);
            jvm.destroyForcibly();
        }
    }

    private static List<Path> bodies() throws IOException {
        try (Stream<Path> all = Files.walk(files)) {
            return all.filter(file -> file.getFileName().toString().startsWith("body-"))
                    .toList();
        }
    }

    @Test
    void the_next_start_removes_what_it_left_behind(@TempDir Path temporary) throws Exception {
        Process jvm = start("rough:application", "/print?x", "false", temporary);
        try {
            await().atMost(Duration.ofSeconds(60)).until(() -> jvm.descendants().count() >= 2);
        } finally {
            jvm.destroyForcibly().waitFor();
        }
        assertThat(directories(files)).isNotEmpty();
        String usual = System.getProperty("java.io.tmpdir");
        System.setProperty("java.io.tmpdir", files.toString());
        try (Served served = Served.start()) {
            assertThat(served.client().get("/").send().code()).isEqualTo(200);
            assertThat(directories(files)).as("for the socket and for bodies").hasSize(2);
        } finally {
            System.setProperty("java.io.tmpdir", usual);
        }
        assertThat(directories(files)).isEmpty();
    }

    private static Process start(String application, String path, String preload, Path mark) throws IOException {
        return start(application, path, preload, mark, "");
    }

    private static Process start(String application, String path, String preload, Path mark, String withBody)
            throws IOException {
        Served.assumePython();
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:TieredStopAtLevel=1",
                "-Djava.io.tmpdir=" + files,
                "-cp",
                System.getProperty("java.class.path"),
                ServingProgram.class.getName(),
                path,
                withBody));
        for (String setting : List.of(
                "application=python:" + application,
                "python=" + Served.PYTHON,
                "python-path=" + Served.directory(),
                "workers=1",
                "preload=" + preload,
                "env.MARK=" + mark)) {
            command.addAll(List.of(setting.split("=", 2)));
        }
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    /** Unlike ProcessHandle, which counts zombies: in a container without an init process, orphans that have ended stay in the process table. */
    private static boolean isAlive(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
            char state = stat.charAt(stat.lastIndexOf(')') + 2);
            return state != 'Z' && state != 'X';
        } catch (IOException e) {
            return false;
        }
    }

    private static List<Path> directories(Path parent) throws IOException {
        try (Stream<Path> files = Files.list(parent)) {
            return files.filter(file -> file.getFileName().toString().startsWith("gangway-python-"))
                    .toList();
        }
    }
}

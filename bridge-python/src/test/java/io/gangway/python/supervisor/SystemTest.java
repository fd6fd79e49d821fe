package io.gangway.python.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The system's paths of programs, and sizes of processes. */
class SystemTest {
    @TempDir
    Path files;

    @Test
    void a_command_is_found_where_the_path_says() throws IOException {
        Path first = Files.createDirectories(files.resolve("first"));
        Path second = Files.createDirectories(files.resolve("second"));
        Files.createDirectory(first.resolve("python3")); // a directory is no program
        Path program = Files.createFile(
                second.resolve("python3"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        assertThat(Interpreter.resolve("python3", first + "::relative:" + second))
                .isEqualTo(program.toString());
        assertThat(Interpreter.resolve("./python3", second.toString())).isEqualTo("./python3");
        assertThat(Interpreter.resolve("python4", second.toString())).isEqualTo("python4");
    }

    @Test
    void without_a_path_programs_are_where_systems_have_them() {
        assertThat(Interpreter.usable(null)).endsWith(":/usr/bin:/sbin:/bin").isEqualTo(Interpreter.usable(" "));
        assertThat(Interpreter.usable("/opt/bin")).isEqualTo("/opt/bin");
        assertThat(Interpreter.resolve("sh", Interpreter.usable("")))
                .startsWith("/")
                .endsWith("/sh");
    }

    @Test
    void a_process_is_as_large_as_the_system_says_whatever_the_size_of_a_page() {
        assertThat(WorkerWatch.residentBytes(
                        "Name:\tpython3\nVmPeak:\t  900000 kB\nVmRSS:\t   65536 kB\nRssAnon:\t 1 kB\n"))
                .isEqualTo(64L << 20);
        assertThat(WorkerWatch.residentBytes("Name:\tkthread\n")).isZero();
        assertThat(WorkerWatch.residentBytes("Name:\tVmRSS:\t1 kB\n")).isZero();
    }
}

package io.gangway.buffer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class TemporaryFileTest {
    @TempDir
    Path parent;

    @Test
    void keeps_bytes_at_their_positions_and_has_no_name() throws IOException {
        try (TemporaryFile file = TemporaryFile.create(parent)) {
            file.write(0, new byte[] {1, 2, 3, 4}, 1, 2);
            file.write(2, new byte[] {5, 6}, 0, 2);

            byte[] read = new byte[6];
            assertThat(file.read(0, read, 1, 4)).isEqualTo(4);
            assertThat(read).containsExactly(0, 2, 3, 5, 6, 0);
            assertThat(file.read(4, read, 0, 1)).isEqualTo(-1);
            assertThat(entries()).isZero();
        }
    }

    @Test
    void leaves_nothing_behind_where_it_cannot_be_made() throws IOException {
        Path noDirectory = Files.createFile(parent.resolve("file"));

        assertThatThrownBy(() -> TemporaryFile.create(noDirectory)).isInstanceOf(IOException.class);
        assertThat(entries()).as("the file that was there").isEqualTo(1);
    }

    @Test
    @EnabledOnOs(value = OS.LINUX, disabledReason = "looks at the process's descriptors in /proc")
    void is_its_owners_alone() throws IOException {
        try (TemporaryFile file = TemporaryFile.create(parent)) {
            file.write(0, new byte[] {1}, 0, 1);
            String real = parent.toRealPath().toString();
            try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
                Path own = descriptors
                        .filter(descriptor -> target(descriptor).startsWith(real))
                        .findFirst()
                        .orElseThrow();
                assertThat(target(own)).endsWith("/body (deleted)");
                assertThat(Files.getAttribute(own, "unix:mode")).isEqualTo(0100600);
            }
        }
    }

    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException e) { // the one that lists the directory
            return "";
        }
    }

    private long entries() throws IOException {
        try (Stream<Path> names = Files.list(parent)) {
            return names.count();
        }
    }
}

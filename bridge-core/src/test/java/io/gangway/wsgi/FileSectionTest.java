package io.gangway.wsgi;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileSectionTest {
    @TempDir
    Path directory;

    private Path file;

    @BeforeEach
    void make_a_file() throws IOException {
        file = Files.writeString(directory.resolve("f"), "0123456789");
    }

    @Test
    void ends_where_the_section_does() throws IOException {
        FileChannel channel = FileChannel.open(file).position(2);
        try (FileWrapper section = FileWrapper.of(channel, 4)) {
            assertThat(section.remaining()).isEqualTo(4);
            assertThat(section.source().read()).isEqualTo('2');
            assertThat(section.remaining()).isEqualTo(3);
            assertThat(section.source().available()).isEqualTo(3);
            assertThat(section.source().skip(1)).isEqualTo(1);
            assertThat(section).containsExactly("45".getBytes(US_ASCII));
            assertThat(section.source().read()).isEqualTo(-1);
            assertThat(section.remaining()).isZero();
        }
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void ends_where_the_file_does_if_that_is_shorter() throws IOException {
        try (FileWrapper section = FileWrapper.of(FileChannel.open(file).position(8), 100)) {
            assertThat(section.remaining()).isEqualTo(2);
            assertThat(section).containsExactly("89".getBytes(US_ASCII));
        }
    }

    @Test
    void refuses_a_negative_count() throws IOException {
        try (FileChannel channel = FileChannel.open(file)) {
            assertThatThrownBy(() -> FileWrapper.of(channel, -1))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("count must not be negative, as -1 is");
        }
    }

    @Test
    void keeps_its_length_when_read_through_another_stream() throws IOException {
        try (FileWrapper watched = FileWrapper.open(file).through(BufferedInputStream::new)) {
            assertThat(watched.remaining()).isEqualTo(10);
            assertThat(watched).containsExactly("0123456789".getBytes(US_ASCII));
        }
    }
}

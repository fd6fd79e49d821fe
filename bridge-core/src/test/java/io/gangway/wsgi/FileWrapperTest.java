package io.gangway.wsgi;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileWrapperTest {
    @TempDir
    Path folder;

    private Path file(String content) throws IOException {
        return Files.writeString(folder.resolve("file"), content, ISO_8859_1);
    }

    private static List<String> blocks(FileWrapper wrapper) {
        List<String> blocks = new ArrayList<>();
        wrapper.forEach(block -> blocks.add(new String(block, ISO_8859_1)));
        return blocks;
    }

    private static InputStream stream(String content) {
        return new ByteArrayInputStream(content.getBytes(ISO_8859_1));
    }

    @Test
    void knows_what_remains_of_a_file_from_its_position() throws IOException {
        try (FileWrapper wrapper =
                FileWrapper.of(FileChannel.open(file("0123456789")).position(7))) {
            assertThat(wrapper.remaining()).isEqualTo(3);
            assertThat(wrapper.source().read()).isEqualTo('7');
            assertThat(wrapper.remaining()).isEqualTo(2);
            assertThat(blocks(wrapper)).containsExactly("89");
            assertThat(wrapper.remaining()).isZero();
        }
    }

    @Test
    void has_nothing_left_where_the_position_is_past_the_end() throws IOException {
        try (FileWrapper wrapper = FileWrapper.of(FileChannel.open(file("01")).position(5))) {
            assertThat(wrapper.remaining()).isZero();
            assertThat(blocks(wrapper)).isEmpty();
        }
    }

    @Test
    void opens_a_file_or_says_which_is_absent() throws IOException {
        try (FileWrapper wrapper = FileWrapper.open(file("abc"))) {
            assertThat(wrapper.blockSize()).isEqualTo(FileWrapper.DEFAULT_BLOCK_SIZE);
            assertThat(blocks(wrapper)).containsExactly("abc");
        }
        assertThatThrownBy(() -> FileWrapper.open(folder.resolve("absent")))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessageContaining("absent");
    }

    @Test
    void iterates_in_blocks() throws IOException {
        try (FileWrapper wrapper = new FileWrapper(stream("abcdefg"), 3)) {
            assertThat(wrapper.remaining()).isEqualTo(-1);
            assertThat(blocks(wrapper)).containsExactly("abc", "def", "g");
        }
        try (FileWrapper wrapper = new FileWrapper(stream("abcdef"), 3)) {
            assertThat(blocks(wrapper)).containsExactly("abc", "def");
        }
    }

    @Test
    void its_iterator_needs_no_asking_and_ends_for_good() throws IOException {
        try (FileWrapper wrapper = new FileWrapper(stream("ab"), 1)) {
            Iterator<byte[]> blocks = wrapper.iterator();
            assertThat(blocks.hasNext()).isTrue();
            assertThat(blocks.hasNext()).isTrue();
            assertThat(blocks.next()).containsExactly('a');
            assertThat(blocks.next()).containsExactly('b');
            assertThat(blocks.hasNext()).isFalse();
            assertThatThrownBy(blocks::next).isInstanceOf(NoSuchElementException.class);
        }
    }

    @Test
    void closes_its_source() throws IOException {
        FileChannel channel = FileChannel.open(file("abc"));
        FileWrapper.of(channel).close();
        assertThat(channel.isOpen()).isFalse();

        InputStream source = InputStream.nullInputStream();
        new FileWrapper(source, 1).close();
        assertThatThrownBy(source::read).isInstanceOf(IOException.class);
    }

    @Test
    void a_failing_read_throws_unchecked() throws IOException {
        FileWrapper wrapper = new FileWrapper(InputStream.nullInputStream(), 1);
        wrapper.close();
        assertThatThrownBy(() -> wrapper.iterator().hasNext())
                .isInstanceOf(UncheckedIOException.class)
                .hasRootCauseMessage("Stream closed");
    }

    @Test
    void refuses_blocks_of_nothing() {
        assertThatThrownBy(() -> new FileWrapper(stream(""), 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("blockSize must be positive, not 0");
    }
}

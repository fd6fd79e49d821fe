package io.gangway.buffer;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BodyBufferTest {
    private static final long DISK = 10 << 20;

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 4095, 4096, 4097, 300_000, 1 << 20, (1 << 20) + 1, 3_000_000})
    void a_body_of_any_size_is_read_as_it_was_appended_again_and_again(int size) throws IOException {
        byte[] body = pseudoRandom(size);
        BodyStore store = new BodyStore(directory, DISK);
        try (BodyBuffer buffer = store.newBuffer()) {
            appendInPieces(buffer, body);

            assertThat(buffer.size()).isEqualTo(size);
            assertThat(buffer.isInFile()).isEqualTo(size > 1 << 20);
            assertThat(buffer.open().readAllBytes()).isEqualTo(body);
            InputStream again = buffer.open();
            assertThat(again.available()).isEqualTo(size);
            assertThat(again.readAllBytes()).isEqualTo(body);
            assertThat(again.read()).isEqualTo(-1);
            assertThat(again.read(new byte[5])).isEqualTo(-1);
        }
    }

    @Test
    void a_body_that_is_known_to_be_large_goes_to_a_file_at_once() throws IOException {
        BodyStore store = new BodyStore(directory, DISK);
        try (BodyBuffer large = store.newBuffer(BodyStore.MEMORY_FOR_ONE + 1);
                BodyBuffer small = store.newBuffer(BodyStore.MEMORY_FOR_ONE)) {
            large.append(new byte[10], 0, 10);
            small.append(new byte[10], 0, 10);

            assertThat(large.isInFile()).isTrue();
            assertThat(store.diskInUse()).isEqualTo(10);
            assertThat(small.isInFile()).isFalse();
        }
    }

    @Test
    void another_process_can_open_a_file_by_its_name_until_the_buffer_is_closed() throws IOException {
        byte[] body = pseudoRandom(2 << 20);
        BodyStore store = new BodyStore(directory, DISK, Files.createDirectory(directory.resolve("named")));
        Path name;
        try (BodyBuffer buffer = store.newBuffer();
                BodyBuffer small = store.newBuffer()) {
            appendInPieces(buffer, body);
            small.append(body, 0, 10);

            name = buffer.name().orElseThrow().path();
            assertThat(name).hasParent(directory.resolve("named")).hasBinaryContent(body);
            assertThat(Files.getPosixFilePermissions(name)).isEqualTo(PosixFilePermissions.fromString("rw-------"));
            assertThat(small.name()).isEmpty();
        }
        assertThat(name).doesNotExist();
    }

    /** The directory of the same name could be another user's. */
    @Test
    void a_file_has_no_name_where_the_private_directory_is_another_one() throws IOException {
        Path named = Files.createDirectory(directory.resolve("named"));
        BodyStore store = new BodyStore(directory, DISK, named);
        Files.move(named, directory.resolve("old")); // so that its file key is not used again
        Files.createDirectory(named);
        try (BodyBuffer buffer = store.newBuffer()) {
            appendInPieces(buffer, pseudoRandom(2 << 20));

            assertThat(buffer.name()).isEmpty();
        }
    }

    @Test
    void a_closed_buffer_frees_the_space_even_if_another_process_has_its_file_open() throws IOException {
        BodyStore store = new BodyStore(directory, DISK, Files.createDirectory(directory.resolve("named")));
        BodyBuffer buffer = store.newBuffer();
        appendInPieces(buffer, pseudoRandom(2 << 20));
        try (FileChannel other = FileChannel.open(buffer.name().orElseThrow().path())) {
            buffer.close();
            assertThat(other.size()).isZero();
        }
    }

    @Test
    void a_file_has_no_name_where_the_private_directory_was_cleared_away() throws IOException {
        BodyStore store = new BodyStore(directory, DISK, directory.resolve("cleared"));
        try (BodyBuffer buffer = store.newBuffer()) {
            byte[] body = pseudoRandom(2 << 20);
            appendInPieces(buffer, body);

            assertThat(buffer.name()).isEmpty();
            assertThat(buffer.open().readAllBytes()).isEqualTo(body);
        }
    }

    @Test
    void a_thread_that_is_interrupted_does_not_blame_the_storage() throws IOException {
        try (BodyBuffer buffer = new BodyStore(directory, DISK).newBuffer()) {
            byte[] large = pseudoRandom(2 << 20);
            buffer.append(large, 0, large.length);
            Thread.currentThread().interrupt();

            assertThatThrownBy(() -> buffer.append(large, 0, 1)).isInstanceOf(ClosedByInterruptException.class);
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void bytes_are_read_one_by_one_as_well() throws IOException {
        try (BodyBuffer buffer = new BodyStore(directory, DISK).newBuffer()) {
            byte[] bytes = {0, 127, -128, -1};
            buffer.append(bytes, 1, 3);
            InputStream stream = buffer.open();

            assertThat(new int[] {stream.read(), stream.read(), stream.read(), stream.read()})
                    .containsExactly(127, 128, 255, -1);
        }
    }

    @Test
    void a_small_body_takes_little_memory_and_a_large_one_none() throws IOException {
        BodyStore store = new BodyStore(directory, DISK);
        try (BodyBuffer small = store.newBuffer();
                BodyBuffer large = store.newBuffer()) {
            assertThat(store.memoryInUse()).as("nothing before the first byte").isZero();
            small.append(new byte[100], 0, 100);
            assertThat(store.memoryInUse()).isEqualTo(4096);
            appendInPieces(large, new byte[2 << 20]);
            assertThat(store.memoryInUse()).isEqualTo(4096);
            assertThat(store.diskInUse()).isEqualTo(2 << 20);
        }
        assertThat(store.memoryInUse()).isZero();
        assertThat(store.diskInUse()).isZero();
    }

    @Test
    void a_small_body_goes_to_a_file_where_others_have_taken_the_memory() throws IOException {
        BodyStore store = new BodyStore(directory, 1 << 20, 8 << 10, DISK, TemporaryFile::create);
        try (BodyBuffer first = store.newBuffer();
                BodyBuffer second = store.newBuffer()) {
            first.append(new byte[4 << 10], 0, 4 << 10);
            second.append(new byte[4 << 10], 0, 4 << 10);
            byte[] more = "more".getBytes(US_ASCII);
            second.append(more, 0, more.length);

            assertThat(first.isInFile()).isFalse();
            assertThat(second.isInFile()).isTrue();
            InputStream stream = second.open();
            stream.skipNBytes(4 << 10);
            assertThat(stream.readAllBytes()).isEqualTo(more);
            assertThat(store.memoryInUse()).as("the first one's").isEqualTo(4 << 10);
        }
    }

    /** What has no name is removed by the system, whatever ends the process. */
    @Test
    void a_file_has_no_name_from_the_start() throws IOException {
        try (BodyBuffer buffer = new BodyStore(directory, DISK).newBuffer()) {
            byte[] body = pseudoRandom(2 << 20);
            appendInPieces(buffer, body);

            assertThat(buffer.isInFile()).isTrue();
            try (Stream<Path> names = Files.list(directory)) {
                assertThat(names).isEmpty();
            }
            assertThat(buffer.open().readAllBytes()).isEqualTo(body);
        }
    }

    @Test
    void a_body_that_is_longer_than_all_of_the_disks_room_is_too_large_for_ever() throws IOException {
        BodyStore store = new BodyStore(directory, 2 << 20);
        try (BodyBuffer buffer = store.newBuffer()) {
            assertThatThrownBy(() -> appendInPieces(buffer, new byte[(2 << 20) + 1]))
                    .isInstanceOfSatisfying(
                            NoRoomException.class,
                            e -> assertThat(e.isTooLarge()).isTrue())
                    .hasMessage("it is longer than 2097152 bytes");
        }
        assertThat(store.diskInUse()).isZero();
    }

    @Test
    void a_body_for_which_others_leave_no_room_may_come_again() throws IOException {
        BodyStore store = new BodyStore(directory, 3 << 20);
        BodyBuffer other = store.newBuffer();
        appendInPieces(other, new byte[2 << 20]);
        try (BodyBuffer buffer = store.newBuffer()) {
            assertThatThrownBy(() -> appendInPieces(buffer, new byte[2 << 20]))
                    .isInstanceOfSatisfying(
                            NoRoomException.class,
                            e -> assertThat(e.isTooLarge()).isFalse())
                    .hasMessage("the bodies of other requests leave no room for it at this moment");
        }
        other.close();
        try (BodyBuffer buffer = store.newBuffer()) {
            appendInPieces(buffer, new byte[2 << 20]);
            assertThat(buffer.size()).isEqualTo(2 << 20);
        }
        assertThat(store.diskInUse()).isZero();
    }

    @Test
    void without_any_disk_a_small_body_that_finds_no_memory_may_come_again() throws IOException {
        BodyStore store = new BodyStore(directory, 1 << 20, 4 << 10, 0, TemporaryFile::create);
        try (BodyBuffer other = store.newBuffer();
                BodyBuffer buffer = store.newBuffer()) {
            other.append(new byte[1], 0, 1);
            assertThatThrownBy(() -> buffer.append(new byte[1], 0, 1))
                    .isInstanceOfSatisfying(
                            NoRoomException.class,
                            e -> assertThat(e.isTooLarge()).isFalse());
        }
    }

    @Test
    void a_directory_that_is_missing_is_named() {
        Path missing = directory.resolve("missing");
        BodyStore store = new BodyStore(missing, DISK);
        try (BodyBuffer buffer = store.newBuffer()) {
            assertThatThrownBy(() -> appendInPieces(buffer, new byte[2 << 20]))
                    .isInstanceOf(StorageException.class)
                    .hasMessage("a temporary file in " + missing
                            + " cannot be written (there is no such file or directory)");
        }
        assertThat(store.memoryInUse()).isZero();
        assertThat(store.diskInUse()).isZero();
    }

    @Test
    void a_full_disk_is_told_in_the_systems_words() {
        Path full = Path.of("/dev/full");
        assumeThat(full).as("a device that is always full, as Linux has").exists();
        BodyStore store = new BodyStore(
                directory,
                1 << 20,
                64 << 20,
                DISK,
                parent -> new TemporaryFile(FileChannel.open(full, StandardOpenOption.WRITE), null));
        try (BodyBuffer buffer = store.newBuffer()) {
            assertThatThrownBy(() -> appendInPieces(buffer, new byte[2 << 20]))
                    .isInstanceOf(StorageException.class)
                    .hasMessage("a temporary file in " + directory + " cannot be written (No space left on device)");
        }
        assertThat(store.diskInUse()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 2 << 20})
    void a_buffer_that_is_closed_has_given_everything_back_and_cannot_be_used(int size) throws IOException {
        BodyStore store = new BodyStore(directory, DISK);
        BodyBuffer buffer = store.newBuffer();
        appendInPieces(buffer, new byte[size]);
        InputStream stream = buffer.open();
        assertThat(stream.read()).isZero();

        buffer.close();
        buffer.close();

        assertThat(store.memoryInUse()).isZero();
        assertThat(store.diskInUse()).isZero();
        assertThatThrownBy(stream::read).hasMessage("the body has been released: its request has ended");
        assertThatThrownBy(() -> buffer.append(new byte[1], 0, 1))
                .hasMessage("the body has been released: its request has ended");
        assertThat(store.memoryInUse()).isZero();
    }

    private static void appendInPieces(BodyBuffer buffer, byte[] body) throws IOException {
        int piece = 16_000;
        for (int at = 0; at < body.length; at += piece) {
            buffer.append(body, at, Math.min(piece, body.length - at));
        }
    }

    private static byte[] pseudoRandom(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }
}

package io.gangway.buffer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpoolTest {
    @TempDir
    Path directory;

    @Test
    void what_goes_in_comes_out_in_its_order_whatever_is_in_memory_or_in_the_file() throws IOException {
        BodyStore store = new BodyStore(directory, 10 << 20);
        Random random = new Random(7);
        ByteArrayOutputStream in = new ByteArrayOutputStream();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (Spool spool = store.newSpool()) {
            for (int i = 0; i < 500; i++) {
                byte[] block = new byte[1 + random.nextInt(40_000)];
                random.nextBytes(block);
                in.writeBytes(block);
                spool.append(block);
                if (i == 100) {
                    spool.useFile();
                }
                for (int count = random.nextInt(3); count > 0; count--) {
                    take(spool, out);
                }
            }
            while (!spool.isEmpty()) {
                take(spool, out);
            }
            assertThat(spool.poll()).isNull();
            assertThat(spool.failure()).isNull();
            assertThat(out.toByteArray()).isEqualTo(in.toByteArray());
        }
        assertThat(store.diskInUse()).isZero();
    }

    private static void take(Spool spool, ByteArrayOutputStream out) throws IOException {
        byte[] block = spool.poll();
        if (block != null) {
            out.writeBytes(block);
        }
    }

    @Test
    void without_a_file_it_wants_more_as_long_as_there_is_room_in_memory() throws IOException {
        BodyStore store = new BodyStore(directory, 10 << 20);
        try (Spool spool = store.newSpool()) {
            assertThat(spool.append(new byte[40_000])).isTrue();
            assertThat(spool.append(new byte[40_000]))
                    .as("it is kept, but no more is wanted")
                    .isFalse();
            assertThat(spool.hasRoom()).isFalse();
            assertThat(spool.poll()).hasSize(40_000);
            assertThat(spool.hasRoom()).isFalse();
            assertThat(spool.poll()).hasSize(40_000);
            assertThat(spool.hasRoom()).isTrue();
            assertThat(store.diskInUse()).isZero();
        }
    }

    @Test
    void a_file_has_no_name_and_takes_up_to_its_limit() throws IOException {
        BodyStore store = new BodyStore(directory, 10 << 20);
        try (Spool spool = new Spool(store, store.diskShare(), 200_000)) {
            spool.useFile();
            assertThat(spool.append(new byte[60_000])).isTrue();
            assertThat(spool.append(new byte[100_000])).isTrue();
            assertThat(store.diskInUse()).isEqualTo(100_000);
            try (Stream<Path> names = Files.list(directory)) {
                assertThat(names).isEmpty();
            }
            assertThat(spool.append(new byte[100_001])).as("it has no room").isFalse();
            assertThat(spool.poll()).hasSize(60_000);
            assertThat(spool.hasRoom()).isFalse();
            assertThat(spool.poll()).hasSize(65_536);
            assertThat(spool.poll()).hasSize(34_464);
            assertThat(spool.poll()).hasSize(100_001);
            assertThat(spool.hasRoom()).isTrue();
        }
        assertThat(store.diskInUse()).isZero();
    }

    @Test
    void a_disk_that_is_used_up_is_told_and_loses_nothing() throws IOException {
        BodyStore store = new BodyStore(directory, 50_000);
        try (Spool spool = store.newSpool()) {
            spool.useFile();
            assertThat(spool.append(new byte[60_000])).isTrue();
            assertThat(spool.append(new byte[60_001])).isFalse();
            assertThat(spool.failure()).isInstanceOf(NoRoomException.class);
            assertThat(spool.poll()).hasSize(60_000);
            assertThat(spool.poll()).hasSize(60_001);
            assertThat(spool.isEmpty()).isTrue();
        }
    }

    @Test
    void a_directory_that_is_gone_is_told_and_loses_nothing() throws IOException {
        BodyStore store = new BodyStore(directory.resolve("missing"), 10 << 20);
        try (Spool spool = store.newSpool()) {
            spool.useFile();
            spool.append(new byte[60_000]);
            assertThat(spool.append(new byte[60_001])).isFalse();
            assertThat(spool.failure())
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining("a temporary file in " + directory.resolve("missing") + " cannot be written");
            assertThat(spool.poll()).hasSize(60_000);
            assertThat(spool.poll()).hasSize(60_001);
        }
    }
}

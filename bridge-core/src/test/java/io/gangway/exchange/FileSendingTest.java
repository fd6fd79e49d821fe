package io.gangway.exchange;

import static io.gangway.exchange.ExchangeRig.length;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gangway.exchange.Outcome.Ending;
import io.gangway.wsgi.ClientException;
import io.gangway.wsgi.FileWrapper;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files on a wire that never waits (W67). */
class FileSendingTest {
    private static final int BLOCK = FileWrapper.DEFAULT_BLOCK_SIZE;

    private final ExchangeRig rig = new ExchangeRig();
    private final ManualWire wire = rig.wire;

    @TempDir
    private Path folder;

    private FileWrapper file(int size) throws IOException {
        return FileWrapper.of(FileChannel.open(Files.writeString(folder.resolve("f"), "x".repeat(size), ISO_8859_1)));
    }

    @Test
    void is_sent_piece_by_piece_whenever_there_is_room() throws IOException {
        wire.isFull = true;
        rig.ok();
        rig.send(file(2 * BLOCK + 1));
        assertThat(wire.log)
                .containsExactly("head 200 OK Content-Length=" + (2 * BLOCK + 1), "write " + BLOCK + " bytes");
        wire.makeRoom();
        wire.makeRoom();
        assertThat(rig.told).isEmpty();
        wire.makeRoom();
        assertThat(rig.told).containsExactly("sent null");

        rig.exchange.end();
        assertThat(wire.log.subList(2, 5)).containsExactly("write " + BLOCK + " bytes", "write x", "end COMPLETE");
        assertThat(rig.ended.get(0).bytes()).isEqualTo(2 * BLOCK + 1);
        assertThat(rig.outcome()).isEqualTo(new Outcome(Ending.COMPLETE, null));
    }

    @Test
    void is_sent_at_once_where_there_is_room() throws IOException {
        rig.ok();
        rig.send(file(3));
        assertThat(rig.told).containsExactly("sent null");
        assertThat(wire.log).containsExactly("head 200 OK Content-Length=3", "write xxx");
    }

    @Test
    void is_sent_from_one_direct_buffer_where_the_container_takes_it() throws IOException {
        wire.isDirectTaken = true;
        rig.ok();
        rig.send(file(2 * DirectBuffers.SIZE + 1));
        assertThat(wire.log)
                .containsExactly(
                        "head 200 OK Content-Length=" + (2 * DirectBuffers.SIZE + 1),
                        "write " + DirectBuffers.SIZE + " bytes",
                        "write " + DirectBuffers.SIZE + " bytes",
                        "write x");
        assertThat(rig.told).containsExactly("sent null");

        ExchangeRig next = new ExchangeRig();
        next.wire.isDirectTaken = true;
        next.ok();
        next.send(file(DirectBuffers.SIZE));
        assertThat(next.wire.buffers.get(0)).as("the same one is used again").isSameAs(wire.buffers.get(2));
    }

    /** Otherwise another client could get its bytes. */
    @Test
    void a_buffer_that_the_container_may_still_hold_is_not_used_again() throws IOException {
        wire.isDirectTaken = true;
        wire.isBufferKept = true;
        rig.ok();
        rig.send(file(DirectBuffers.SIZE));
        assertThat(rig.told).containsExactly("sent null");
        ByteBuffer kept = wire.buffers.get(0);

        ExchangeRig leaving = new ExchangeRig();
        leaving.wire.isDirectTaken = true;
        leaving.wire.isBufferKept = true;
        leaving.wire.isFull = true;
        leaving.ok();
        leaving.send(file(DirectBuffers.SIZE));
        leaving.wire.leave();
        assertThat(leaving.told).containsExactly("sent " + leaving.wire.gone);
        ByteBuffer left = leaving.wire.buffers.get(0);

        List<ExchangeRig> others = new ArrayList<>();
        for (int i = 0; i < DirectBuffers.LIMIT + 1; i++) {
            ExchangeRig other = new ExchangeRig();
            other.wire.isDirectTaken = true;
            other.wire.isFull = true;
            other.ok();
            other.send(file(DirectBuffers.SIZE));
            others.add(other);
        }
        assertThat(others)
                .allSatisfy(other -> assertThat(other.wire.buffers)
                        .allSatisfy(
                                buffer -> assertThat(buffer).isNotSameAs(kept).isNotSameAs(left)));
        assertThat(others.stream().filter(other -> other.wire.buffers.isEmpty()))
                .as("beyond the limit, of which two are lost, arrays are used")
                .hasSizeGreaterThanOrEqualTo(3);
        for (ExchangeRig other : others) {
            other.wire.makeRoom();
            while (other.told.isEmpty()) {
                other.wire.makeRoom();
            }
            assertThat(other.told).containsExactly("sent null");
        }
    }

    @Test
    void a_container_that_keeps_a_buffer_gets_the_next_piece_in_an_array() throws IOException {
        wire.isDirectTaken = true;
        wire.isBufferKept = true;
        rig.ok();
        rig.send(file(DirectBuffers.SIZE + BLOCK + 1));
        assertThat(wire.log.subList(1, 4))
                .containsExactly("write " + DirectBuffers.SIZE + " bytes", "write " + BLOCK + " bytes", "write x");
        assertThat(wire.buffers).hasSize(1);
    }

    @Test
    void a_section_ends_where_it_is_told() throws IOException {
        Path whole = Files.writeString(folder.resolve("whole"), "a".repeat(100_000) + "b".repeat(100_000), ISO_8859_1);
        wire.isDirectTaken = true;
        rig.ok();
        rig.write("begin");
        rig.send(FileWrapper.of(FileChannel.open(whole), 100_000));
        rig.exchange.end();
        assertThat(rig.ended.get(0).bytes()).isEqualTo(100_005);
    }

    @Test
    void a_file_that_something_observes_and_a_small_one_go_through_their_stream() throws IOException {
        wire.isDirectTaken = true;
        rig.ok();
        List<Integer> seen = new ArrayList<>();
        rig.send(file(BLOCK).through(source -> new FilterInputStream(source) {
            @Override
            public int read(byte[] buffer, int offset, int length) throws IOException {
                int count = super.read(buffer, offset, length);
                seen.add(count);
                return count;
            }
        }));
        assertThat(seen).containsExactly(BLOCK);

        ExchangeRig small = new ExchangeRig();
        small.wire.isDirectTaken = true;
        small.ok();
        small.send(file(3));
        assertThat(small.told).containsExactly("sent null");
        assertThat(small.wire.buffers).isEmpty();
    }

    @Test
    void a_client_that_takes_everything_at_once_leaves_others_their_turn() throws IOException {
        for (boolean isDirect : new boolean[] {true, false}) {
            ExchangeRig each = new ExchangeRig();
            each.wire.isDirectTaken = isDirect;
            each.ok();
            List<Runnable> later = new ArrayList<>();
            each.exchange.send(file(9 << 20), later::add, problem -> each.told.add("sent " + problem));
            for (int turn = 0; turn < 2; turn++) {
                assertThat(each.told).isEmpty();
                assertThat(later).hasSize(turn + 1);
                later.get(turn).run();
            }
            assertThat(each.told).containsExactly("sent null");
            each.exchange.end();
            assertThat(each.ended.get(0).bytes()).isEqualTo(9 << 20);
        }
    }

    @Test
    void no_byte_follows_it() throws IOException {
        rig.ok();
        rig.send(file(3));
        assertThatThrownBy(() -> rig.write("more"))
                .hasMessageStartingWith("DATA is out of place: the response is FILE");
        assertThatThrownBy(() -> rig.send("more")).hasMessageStartingWith("FILE is out of place: the response is FILE");
    }

    @Test
    void that_is_shorter_than_its_length_breaks_the_connection() throws IOException {
        rig.ok(length(5));
        rig.send(file(3));
        rig.exchange.end();
        assertThat(wire.log).containsExactly("head 200 OK Content-Length=5", "flush xxx", "end BROKEN");
    }

    @Test
    void that_cannot_be_read_is_told_and_breaks_the_connection() throws IOException {
        IOException disk = new IOException("bad disk");
        InputStream failing = new FilterInputStream(new ByteArrayInputStream("ab".getBytes(ISO_8859_1))) {
            @Override
            public int read(byte[] buffer, int offset, int length) throws IOException {
                int count = super.read(buffer, offset, length);
                if (count < 0) {
                    throw disk;
                }
                return count;
            }
        };
        rig.ok();
        wire.isFull = true;
        rig.send(new FileWrapper(failing, 1));
        wire.makeRoom();
        assertThat(rig.told).containsExactly("sent " + disk);
        rig.exchange.fail(disk);
        assertThat(rig.outcome()).isEqualTo(new Outcome(Ending.BROKEN, disk));
    }

    @Test
    void needs_no_bytes_on_head() throws IOException {
        ExchangeRig head = new ExchangeRig("HEAD", ErrorPage.PRODUCTION);
        head.ok();
        head.send(file(3));
        assertThat(head.told).containsExactly("sent null");
        assertThat(head.wire.log).containsExactly("head 200 OK Content-Length=3");
    }

    /** Containers may call back within a write, and a large file would then need a deep stack. */
    @Test
    void goes_on_in_a_loop_where_there_is_room_within_a_write() throws IOException {
        int pieces = 20_000;
        List<Integer> reads = new ArrayList<>();
        InputStream source = new InputStream() {
            @Override
            public int read() {
                return reads.size() < pieces ? 'x' : -1;
            }

            @Override
            public int read(byte[] buffer, int offset, int length) {
                if (reads.size() == pieces) {
                    return -1;
                }
                reads.add(1);
                buffer[offset] = 'x';
                return 1;
            }
        };
        wire.isFull = true;
        wire.onWrite = wire::makeRoom;
        rig.ok();
        rig.send(new FileWrapper(source, 1));
        assertThat(rig.told).containsExactly("sent null");
        assertThat(wire.log).hasSize(pieces + 1);
    }

    @Test
    void a_client_that_leaves_during_a_write_is_noticed_by_the_thread_that_writes() throws IOException {
        wire.isFull = true;
        wire.onWrite = wire::leave;
        rig.ok();
        rig.send(file(2 * BLOCK));
        assertThat(rig.told).containsExactly("sent " + wire.gone);
    }

    @Test
    void is_over_once_if_there_is_room_and_the_client_leaves_at_the_same_time() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            for (int i = 0; i < 2_000; i++) {
                ExchangeRig each = new ExchangeRig();
                each.wire.isFull = true;
                AtomicInteger over = new AtomicInteger();
                AtomicInteger inside = new AtomicInteger();
                InputStream source = new ByteArrayInputStream(new byte[2 * BLOCK]) {
                    @Override
                    public synchronized int read(byte[] buffer, int offset, int length) {
                        assertThat(inside.incrementAndGet()).isEqualTo(1);
                        int count = super.read(buffer, offset, Math.min(length, 1 << 10));
                        inside.decrementAndGet();
                        return count;
                    }
                };
                each.ok();
                each.exchange.send(new FileWrapper(source, 1), problem -> {
                    assertThat(inside).as("threads that read").hasValue(0);
                    over.incrementAndGet();
                    each.exchange.fail(problem == null ? new IOException() : problem);
                });
                CyclicBarrier start = new CyclicBarrier(2);
                Future<?> room = threads.submit(() -> {
                    start.await();
                    each.wire.makeRoom();
                    return null;
                });
                Future<?> leaving = threads.submit(() -> {
                    start.await();
                    each.wire.leave();
                    return null;
                });
                room.get(30, TimeUnit.SECONDS);
                leaving.get(30, TimeUnit.SECONDS);
                assertThat(over).hasValue(1);
                assertThat(each.outcome().ending()).isEqualTo(Ending.CLIENT_LEFT);
                assertThat(each.outcome().problem()).isInstanceOf(ClientException.class);
            }
        } finally {
            threads.shutdownNow();
        }
    }
}

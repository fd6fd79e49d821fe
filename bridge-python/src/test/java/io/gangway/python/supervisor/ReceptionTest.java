package io.gangway.python.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gangway.python.loop.EventLoop;
import io.gangway.python.protocol.FrameEncoder;
import io.gangway.python.protocol.FrameType;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Connections that do not send HELLO: their number, memory and time are limited. */
@Timeout(30)
class ReceptionTest {
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final int CROWD = 300;

    @TempDir
    Path files;

    private final List<SocketChannel> clients = new ArrayList<>();
    private final List<String> introduced = new CopyOnWriteArrayList<>();
    private EventLoop loop;
    private final List<Reception> receptions = new ArrayList<>();

    @BeforeEach
    void make() throws IOException {
        loop = new EventLoop("gangway-test", "", () -> {});
    }

    private void open(int maxStrangers, Duration timeout) throws IOException {
        Reception reception = new Reception(
                loop, files.resolve("s"), () -> maxStrangers, timeout, guest -> introduced.add(guest.token()));
        receptions.add(reception);
        reception.open();
        loop.start();
    }

    @AfterEach
    void close() throws IOException {
        loop.stop();
        receptions.forEach(Reception::close);
        for (SocketChannel client : clients) {
            client.close();
        }
    }

    @Test
    void where_too_many_are_silent_the_oldest_is_closed() throws IOException {
        open(2, LONG);
        SocketChannel first = connect();
        SocketChannel second = connect();
        loop.settle();
        SocketChannel third = connect();
        assertThat(isEnded(first)).isTrue();
        second.write(hello("second"));
        third.write(hello("third"));
        await().untilAsserted(() -> assertThat(introduced).containsExactlyInAnyOrder("second", "third"));
        for (int i = 0; i < 3; i++) { // those that are known do not count
            connect();
        }
        await().untilAsserted(() -> assertThat(isEnded(clients.get(3))).isTrue());
        assertThat(isOpen(second)).isTrue();
    }

    @Test
    void one_that_is_silent_for_too_long_is_closed_and_one_that_is_known_is_not() throws IOException {
        open(10, Duration.ofMillis(50));
        SocketChannel known = connect();
        known.write(hello("known"));
        await().untilAsserted(() -> assertThat(introduced).containsExactly("known"));
        SocketChannel silent = connect();
        SocketChannel half = connect();
        half.write(hello("half").limit(7));
        assertThat(isEnded(silent)).isTrue();
        assertThat(isEnded(half)).isTrue();
        assertThat(isOpen(known)).isTrue();
        assertThat(introduced).containsExactly("known");
    }

    @Test
    void hellos_that_come_in_pieces_do_not_mix() throws IOException {
        open(10, LONG);
        SocketChannel first = connect();
        SocketChannel second = connect();
        ByteBuffer slow = hello("first");
        for (int end = 2; end < slow.capacity(); end += 9) {
            first.write(slow.limit(end));
            loop.settle();
            if (end == 2) { // within the header, which the buffer of all must not lose
                second.write(hello("second"));
                await().untilAsserted(() -> assertThat(introduced).containsExactly("second"));
            }
        }
        first.write(slow.limit(slow.capacity()));
        await().untilAsserted(() -> assertThat(introduced).containsExactly("second", "first"));
    }

    /** Thousands of connections come at once; memory outside the heap would stay until the next collection of garbage. */
    @Test
    void connections_get_no_memory_outside_the_heap() throws IOException {
        open(CROWD, LONG);
        long before = outsideTheHeap();
        for (int i = 0; i < CROWD; i++) {
            connect().write(hello("crowd"));
        }
        await().untilAsserted(() -> assertThat(introduced).hasSize(CROWD));
        assertThat(outsideTheHeap() - before).as("bytes").isLessThan(CROWD << 10);
    }

    private static long outsideTheHeap() {
        return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .mapToLong(BufferPoolMXBean::getTotalCapacity)
                .sum();
    }

    @Test
    void a_hello_that_announces_much_is_refused_before_there_is_a_buffer_for_it() throws IOException {
        open(10, LONG);
        SocketChannel client = connect();
        client.write(ByteBuffer.allocate(5).put((byte) 0x01).putInt(1 << 20).flip());
        assertThat(isEnded(client)).isTrue();
    }

    private SocketChannel connect() throws IOException {
        SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(files.resolve("s")));
        clients.add(client);
        return client;
    }

    private static ByteBuffer hello(String token) {
        return ByteBuffer.wrap(FrameEncoder.fields(FrameType.HELLO, List.of("1", "exchange", token, "1", "0")));
    }

    private static boolean isEnded(SocketChannel client) throws IOException {
        return client.read(ByteBuffer.allocate(1)) < 0;
    }

    private static boolean isOpen(SocketChannel client) throws IOException {
        client.configureBlocking(false);
        return client.read(ByteBuffer.allocate(1)) == 0;
    }
}

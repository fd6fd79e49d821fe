package io.gangway.python.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** In which order the loop runs what it is given. */
@Timeout(30)
class EventLoopTest {
    @TempDir
    Path files;

    @Test
    void what_came_over_a_channel_is_handled_before_what_was_to_follow_it() throws Exception {
        EventLoop loop = new EventLoop("gangway-test");
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(files.resolve("s"));
        List<String> handled = new CopyOnWriteArrayList<>();
        CountDownLatch connected = new CountDownLatch(1);
        CountDownLatch done = new CountDownLatch(1);
        try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            listener.bind(address);
            loop.register(listener, SelectionKey.OP_ACCEPT, () -> accept(listener, handled));
            loop.start();
            loop.execute(() -> awaitQuietly(connected)); // the selector has been asked before anybody connects
            try (SocketChannel client = SocketChannel.open(address)) {
                assertThat(client.isConnected()).isTrue();
                loop.executeAfterReading(() -> {
                    handled.add("what follows");
                    done.countDown();
                });
                connected.countDown();
                assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
            }
        } finally {
            connected.countDown();
            loop.stop();
        }
        assertThat(handled).containsExactly("connection", "what follows");
    }

    private static void accept(ServerSocketChannel listener, List<String> handled) {
        try (SocketChannel accepted = listener.accept()) {
            if (accepted != null) {
                handled.add("connection");
            }
        } catch (IOException e) {
            handled.add(e.toString());
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

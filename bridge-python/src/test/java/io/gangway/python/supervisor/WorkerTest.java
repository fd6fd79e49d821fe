package io.gangway.python.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gangway.python.protocol.FrameDecoder;
import io.gangway.python.supervisor.Reception.Guest;
import io.gangway.python.supervisor.Reception.Purpose;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class WorkerTest {
    @TempDir
    Path files;

    @Test
    void a_process_that_is_not_known_here_is_not_missing_as_long_as_it_is_connected() throws Exception {
        Process ended = new ProcessBuilder("true").start();
        assertThat(ended.waitFor()).isZero();
        Worker worker = new Worker("token", files.resolve("slots"), 0);
        worker.processKnown(ended.pid());
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(files.resolve("s"));
        try (Selector selector = Selector.open();
                ServerSocketChannel listener =
                        ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(address);
                SocketChannel process = SocketChannel.open(address)) {
            Link control = connected(worker, listener.accept(), selector);
            worker.control = control;
            assertThat(worker.isMissingFor(Duration.ZERO)).isFalse();
            assertThat(worker.isMissingFor(Duration.ofNanos(-1)))
                    .as("for however short a time")
                    .isFalse();

            process.shutdownOutput();
            control.drain();
            await().until(() -> worker.isMissingFor(Duration.ZERO));
        }
    }

    private static Link connected(Worker worker, SocketChannel channel, Selector selector) throws IOException {
        channel.configureBlocking(false);
        SelectionKey key = channel.register(selector, SelectionKey.OP_READ);
        Guest guest = new Guest(Purpose.CONTROL, worker.token, worker.pid(), -1, channel, key, new FrameDecoder());
        return Link.ofFrames(guest, frame -> {}, () -> {});
    }
}

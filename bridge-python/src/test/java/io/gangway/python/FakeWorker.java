package io.gangway.python;

import io.gangway.python.dispatch.Dispatcher;
import io.gangway.python.dispatch.ServingWorker;
import io.gangway.python.dispatch.WorkerConnection;
import io.gangway.python.dispatch.WorkerEnd;
import io.gangway.python.protocol.ExchangeState;
import io.gangway.python.protocol.Frame;
import io.gangway.python.protocol.FrameDecoder;
import io.gangway.python.protocol.FrameEncoder;
import io.gangway.python.protocol.FrameType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The worker's end of one exchange connection, which does what a test says. */
final class FakeWorker implements AutoCloseable {
    /** Bytes: as little as a kernel gives, so that both sides soon have to wait for each other. */
    private static final int SMALL = 4 << 10;

    private final ServingWorker serving;
    private final Path slots;
    private final SocketChannel channel;
    private final WorkerConnection connection;
    private final FrameDecoder decoder = new FrameDecoder();

    private FakeWorker(ServingWorker serving, Path slots, SocketChannel channel, WorkerConnection connection) {
        this.serving = serving;
        this.slots = slots;
        this.channel = channel;
        this.connection = connection;
    }

    /** A worker with one thread, which waits for a request. */
    static FakeWorker join(Dispatcher dispatcher, Path directory, long pid) throws Exception {
        Path slots = Files.write(directory.resolve("slots-" + pid), new byte[] {0});
        ServingWorker serving = new ServingWorker(pid, slots, 1);
        Path socket = directory.resolve("s" + pid);
        try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            listener.bind(UnixDomainSocketAddress.of(socket));
            SocketChannel workers = SocketChannel.open(listener.getLocalAddress());
            SocketChannel bridges = listener.accept();
            workers.setOption(StandardSocketOptions.SO_SNDBUF, SMALL);
            bridges.setOption(StandardSocketOptions.SO_SNDBUF, SMALL);
            WorkerConnection connection = new WorkerConnection(dispatcher, serving, 0, bridges, new ExchangeState());
            CountDownLatch joined = new CountDownLatch(1);
            connection.join(joined::countDown);
            if (!joined.await(30, TimeUnit.SECONDS)) {
                throw new AssertionError("the connection did not join");
            }
            dispatcher.serve(serving);
            return new FakeWorker(serving, slots, workers, connection);
        }
    }

    /** The bridge's end. */
    WorkerConnection connection() {
        return connection;
    }

    /** The next frame; null at the end of the connection. */
    @Nullable
    Frame receive() {
        try {
            Frame frame = decoder.next();
            while (frame == null) {
                if (decoder.receive(channel::read) < 0) {
                    return null;
                }
                frame = decoder.next();
            }
            return frame;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Frame expect(FrameType type) {
        Frame frame = receive();
        if (frame == null || frame.type() != type) {
            throw new AssertionError("expected " + type + ", found " + frame);
        }
        return frame;
    }

    /** Takes a request: marks it as one that the application was called for. */
    Frame take() throws IOException {
        Frame request = expect(FrameType.REQUEST);
        Files.write(slots, new byte[] {request.payload()[0]});
        return request;
    }

    void send(byte[]... frames) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] frame : frames) {
            all.writeBytes(frame);
        }
        try {
            for (ByteBuffer buffer = ByteBuffer.wrap(all.toByteArray()); buffer.hasRemaining(); ) {
                channel.write(buffer);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static byte[] head(String... fields) {
        return FrameEncoder.fields(FrameType.HEAD, List.of(fields));
    }

    static byte[] trailedHead(String... fields) {
        return FrameEncoder.fields(FrameType.TRAILED_HEAD, List.of(fields));
    }

    /** Of names and values. */
    static byte[] trailers(String... fields) {
        List<String> all = new ArrayList<>(List.of(fields));
        all.add(0, "");
        return FrameEncoder.fields(FrameType.TRAILERS, all);
    }

    static byte[] data(byte[] block) {
        return FrameEncoder.bytes(FrameType.DATA, block, 0, block.length);
    }

    static byte[] end() {
        return FrameEncoder.empty(FrameType.END);
    }

    static byte[] pull(int count) {
        byte[] wanted = ByteBuffer.allocate(4).putInt(count).array();
        return FrameEncoder.bytes(FrameType.PULL, wanted, 0, wanted.length);
    }

    /** The process has ended, and the launcher reports how. */
    void reported(WorkerEnd end) {
        serving.ended(end);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}

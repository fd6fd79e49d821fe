package io.gangway.bench.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Connections that each send the next request as soon as they have the answer to the last one, for a time; then the
 * requests under way are answered, so that no request is counted in part.
 *
 * <p>Used by one thread, once.
 */
final class Load {
    private static final int READ_SIZE = 256 * 1024;

    /**
     * What is sent, and how.
     *
     * @param server its address
     * @param request the same each time
     * @param expected what every answer must be
     * @param connections how many
     * @param isKept whether a connection is used for more than one request
     * @param time how long requests are begun
     * @param grace how long the last answers may take
     */
    record Plan(
            InetSocketAddress server,
            Request request,
            Expected expected,
            int connections,
            boolean isKept,
            Duration time,
            Duration grace) {}

    /**
     * What was measured.
     *
     * @param latencies of answered requests, sorted
     * @param nanos from the first connection to the last answer, or to the end of the grace
     * @param fewest answers of the connection that got the fewest
     * @param failed requests whose answer was not the expected one
     * @param unanswered requests without a complete answer at the end of the grace
     * @param reopened connections that the server closed without notice before an answer; the request was sent again
     * @param firstFailure what was wrong with the first failed one, or empty
     */
    record Result(
            Latencies latencies,
            long nanos,
            int fewest,
            int failed,
            int unanswered,
            int reopened,
            String firstFailure) {}

    private final Plan plan;
    private final Latencies latencies = new Latencies();
    private final ByteBuffer in = ByteBuffer.allocateDirect(READ_SIZE);
    private final List<Connection> connections = new ArrayList<>();
    private final Selector selector;
    private long end;
    private int open;
    private int failed;
    private int reopened;
    private String firstFailure = "";

    private Load(Plan plan, Selector selector) {
        this.plan = plan;
        this.selector = selector;
    }

    /** Runs it; a server that cannot be reached shows in the result. */
    static Result run(Plan plan) throws IOException {
        try (Selector selector = Selector.open()) {
            Load load = new Load(plan, selector);
            try {
                return load.run();
            } finally {
                for (Connection connection : load.connections) {
                    connection.close();
                }
            }
        }
    }

    private Result run() throws IOException {
        long begin = System.nanoTime();
        end = begin + plan.time().toNanos();
        long limit = end + plan.grace().toNanos();
        open = plan.connections();
        for (int i = 0; i < plan.connections(); i++) {
            Connection connection = new Connection();
            connections.add(connection);
            connection.start();
        }
        while (open > 0 && System.nanoTime() < limit) {
            selector.select(
                    key -> ((Connection) key.attachment()).proceed(),
                    Math.max(1, Duration.ofNanos(limit - System.nanoTime()).toMillis()));
        }
        long nanos = System.nanoTime() - begin;
        int fewest = connections.stream().mapToInt(each -> each.answered).min().orElse(0);
        latencies.sort();
        return new Result(latencies, nanos, fewest, failed, open, reopened, firstFailure);
    }

    /** One of the connections, or one after the other if they are not kept. */
    private final class Connection {
        private final AnswerReader reader = new AnswerReader(plan.expected());
        private @Nullable SocketChannel channel;
        private @Nullable SelectionKey key;
        private ByteBuffer[] out = {};
        private long begin;
        private boolean isReused;
        private int answered;

        /** Sends the first request, or the next one. */
        void start() {
            begin = System.nanoTime();
            send();
        }

        private void send() {
            reader.reset();
            out = plan.request().toSend();
            try {
                if (channel == null) {
                    connect();
                } else {
                    write(channel);
                }
            } catch (IOException e) {
                lost(e);
            }
        }

        private void connect() throws IOException {
            SocketChannel opened = SocketChannel.open();
            channel = opened;
            isReused = false;
            opened.configureBlocking(false);
            opened.setOption(StandardSocketOptions.TCP_NODELAY, true);
            boolean isConnected = opened.connect(plan.server());
            key = opened.register(selector, isConnected ? SelectionKey.OP_READ : SelectionKey.OP_CONNECT, this);
            if (isConnected) {
                write(opened);
            }
        }

        /** The selector says that something can be done. */
        void proceed() {
            SocketChannel current = channel;
            if (current == null || key == null) {
                return;
            }
            try {
                if (key.isConnectable() && current.finishConnect()) {
                    write(current);
                } else if (key.isWritable()) {
                    write(current);
                }
                if (current.equals(channel) && key.isReadable()) {
                    read(current);
                }
            } catch (IOException e) {
                lost(e);
            }
        }

        private void write(SocketChannel current) throws IOException {
            current.write(out);
            boolean isSent = !out[out.length - 1].hasRemaining();
            interest(isSent ? SelectionKey.OP_READ : SelectionKey.OP_READ | SelectionKey.OP_WRITE);
        }

        private void interest(int operations) {
            if (key != null && key.interestOps() != operations) {
                key.interestOps(operations);
            }
        }

        private void read(SocketChannel current) throws IOException {
            in.clear();
            int count = current.read(in);
            if (count < 0) {
                reader.end();
                answered();
            } else if (reader.read(in.flip())) {
                answered();
            }
        }

        private void answered() throws BadAnswer {
            if (out[out.length - 1].hasRemaining()) {
                throw new BadAnswer("an answer before the whole request was sent");
            }
            long now = System.nanoTime();
            latencies.add(now - begin);
            answered++;
            isReused = true;
            if (reader.isLast() || !plan.isKept()) {
                close();
            }
            next(now);
        }

        private void next(long now) {
            if (now < end) {
                start();
            } else {
                close();
                open--;
            }
        }

        /** A server may close a kept connection at any time (RFC 9112, section 9.5): then a client sends again. */
        private void lost(IOException failure) {
            boolean isRetried = isReused && reader.isUntouched();
            close();
            if (isRetried) {
                reopened++;
                send();
                return;
            }
            failed++;
            if (firstFailure.isEmpty()) {
                firstFailure = BadAnswer.reason(failure);
            }
            if (failed > plan.connections()) {
                // The measurement is void: nothing is gained by failing as fast as possible until its end.
                end = System.nanoTime();
            }
            next(System.nanoTime());
        }

        void close() {
            try {
                if (channel != null) {
                    channel.close();
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            channel = null;
            key = null;
        }
    }
}

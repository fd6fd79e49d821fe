package io.gangway.servlet.jetty;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Accepts connections on a listening socket, and before the socket is closed, every connection in its backlog: the system would reset
 * those, and the clients' requests would be lost.
 *
 * <p>One thread calls {@link #accept}; any other thread may call {@link #end}.
 */
final class Intake {
    /** Max wait for the accepting thread to run and to empty the backlog; on an idle machine that takes less than a millisecond. */
    private static final Duration END_TIME = Duration.ofSeconds(1);

    /** Whether the socket stays open at the end, because another process has it too: its backlog is for the next server. */
    private final boolean isShared;

    private final CountDownLatch closed = new CountDownLatch(1);
    private final AtomicInteger onTheWay = new AtomicInteger();
    private volatile boolean isEnding;
    private volatile @Nullable Selector selector;

    Intake(boolean isShared) {
        this.isShared = isShared;
    }

    /** Receives the accepted connections. */
    @FunctionalInterface
    interface Taker {
        void take(SocketChannel connection) throws IOException;
    }

    /**
     * Waits for connections, and accepts them; the caller calls it in a loop.
     *
     * @throws ClosedChannelException when the intake has ended
     */
    void accept(ServerSocketChannel channel, Taker taker) throws IOException {
        if (closed.getCount() == 0) {
            throw new ClosedChannelException();
        }
        Selector waiting = selector(channel);
        waiting.select();
        waiting.selectedKeys().clear();
        boolean isLast = isEnding; // read before the backlog is emptied
        for (SocketChannel next = channel.accept(); next != null; next = channel.accept()) {
            onTheWay.incrementAndGet();
            taker.take(next);
        }
        if (isLast) {
            waiting.close(); // first: while a channel is registered, its descriptor stays open, and listens
            if (!isShared) {
                channel.close();
            }
            closed.countDown();
        }
    }

    private Selector selector(ServerSocketChannel channel) throws IOException {
        Selector known = selector;
        if (known == null) {
            known = Selector.open();
            channel.configureBlocking(false);
            channel.register(known, SelectionKey.OP_ACCEPT);
            selector = known;
            if (isEnding) {
                known.wakeup();
            }
        }
        return known;
    }

    /** Notes that an accepted connection has reached its connector. */
    void arrived() {
        onTheWay.decrementAndGet();
    }

    /** The number of accepted connections that no connector knows of yet: a selector's thread hands them over, when it has time. */
    int onTheWay() {
        return onTheWay.get();
    }

    boolean isOpen() {
        return closed.getCount() > 0;
    }

    /** Makes the accepting thread empty the backlog and close the socket, and waits until it has done so. */
    void end() {
        isEnding = true;
        Selector waiting = selector;
        if (waiting != null) { // otherwise the accepting thread has not begun yet, and will read isEnding
            waiting.wakeup();
        }
        try {
            closed.await(END_TIME.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

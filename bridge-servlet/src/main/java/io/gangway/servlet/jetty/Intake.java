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
 * Accepts connections on a listening socket, and at the end every connection that had come by then: the system resets what is
 * still in the backlog when the socket is closed, and the client's request is lost.
 *
 * <p>{@link #accept} is for one thread, {@link #end} for any other.
 */
final class Intake {
    /** For the accepting thread to be scheduled and to empty the backlog; on an idle machine that takes less than a millisecond. */
    private static final Duration END_TIME = Duration.ofSeconds(1);

    private final CountDownLatch closed = new CountDownLatch(1);
    private final AtomicInteger onTheWay = new AtomicInteger();
    private volatile boolean isEnding;
    private volatile @Nullable Selector selector;

    /** Gets the accepted connections. */
    @FunctionalInterface
    interface Taker {
        void take(SocketChannel connection) throws IOException;
    }

    /**
     * Waits for connections, and accepts them; to be called again and again.
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
            waiting.close(); // first: a channel that is registered still keeps its descriptor, and goes on listening
            channel.close();
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

    /** A connection that was accepted is a connector's now. */
    void arrived() {
        onTheWay.decrementAndGet();
    }

    /** How many connections were accepted that no connector knows of yet: a selector's thread takes them over, when it has time. */
    int onTheWay() {
        return onTheWay.get();
    }

    boolean isOpen() {
        return closed.getCount() > 0;
    }

    /** Has the accepting thread empty the backlog and close the socket, and waits for it. */
    void end() {
        isEnding = true;
        Selector waiting = selector;
        if (waiting != null) { // otherwise the accepting thread is about to begin, and will see that this is the end
            waiting.wakeup();
        }
        try {
            closed.await(END_TIME.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

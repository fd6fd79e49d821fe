package io.gangway.servlet.websocket;

import io.gangway.exchange.WebSocketMessage;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The messages to one WebSocket's client: one after the other, because Tomcat breaks the connection if a message is given before the one in front of it was taken, and Jetty queues
 * without a limit (A36). A close comes after them.
 *
 * <p>Thread-safe. Nobody waits, and no lock is held while the container is called.
 */
final class OutgoingMessages {
    /** The container's side. */
    interface Sender {
        /** Sends one message; {@link #taken} follows, from any thread, perhaps within the call. */
        void send(WebSocketMessage message);

        /** Sends a close, after the last message. */
        void close(int code, String reason);
    }

    private record Close(int code, String reason) {}

    /** Bytes that wait until the application is held up, besides the one message that the container has: as for a body. */
    private static final long HIGH_WATER = 64 << 10;

    /** Bytes of memory that a waiting message needs besides its payload, about: empty ones are held up too. */
    private static final long MESSAGE_COST = 64;

    private final LongSupplier nanoTime;
    private final AtomicInteger steps = new AtomicInteger();

    // Guarded by this.
    private final Deque<WebSocketMessage> waiting = new ArrayDeque<>(2);
    private long waitingSize;
    private @Nullable Sender sender;
    private boolean isTaking;
    private long takingSince;
    private long takingSize;
    private @Nullable Close close;
    private boolean isCloseSent;
    private boolean isRoomAwaited;
    private boolean isEnded;

    OutgoingMessages(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** The connection is there. */
    void begin(Sender container) {
        synchronized (this) {
            sender = container;
        }
        proceed();
    }

    /** Adds a message. Returns whether there is room for another one; if not, {@link #taken} tells when. */
    boolean add(WebSocketMessage message) {
        Sender free = null;
        synchronized (this) {
            if (isEnded || close != null) {
                return true; // nobody gets it
            }
            if (sender != null && !isTaking && waiting.isEmpty()) {
                free = sender;
                begin(message.size());
            } else {
                waiting.add(message);
                waitingSize += message.size() + MESSAGE_COST;
            }
        }
        if (free != null) {
            free.send(message);
            return true;
        }
        proceed();
        synchronized (this) {
            isRoomAwaited = waitingSize > HIGH_WATER && !isEnded;
            return !isRoomAwaited;
        }
    }

    /** Closes after what was added. Only the first one counts. */
    void close(int code, String reason) {
        synchronized (this) {
            if (close != null) {
                return;
            }
            close = new Close(code, reason);
        }
        proceed();
    }

    /** The container has taken the message. Returns whether somebody who waits has room now. */
    boolean taken() {
        boolean hasRoom;
        boolean isMore;
        synchronized (this) {
            isTaking = false;
            isMore = !waiting.isEmpty() || close != null;
            hasRoom = isRoomAwaited && waitingSize <= HIGH_WATER;
            if (hasRoom) {
                isRoomAwaited = false;
            }
        }
        if (isMore) {
            proceed();
        }
        return hasRoom;
    }

    /** Drops what waits: the connection is gone. */
    synchronized void end() {
        isEnded = true;
        waiting.clear();
        waitingSize = 0;
    }

    /** How long the container has had a message without taking it, in nanoseconds; 0 if it has none. */
    synchronized long stalled(long now) {
        return isTaking ? now - takingSince : 0;
    }

    /** The size of that message. */
    synchronized long stalledSize() {
        return takingSize;
    }

    /** The container is about to get a message. Under the lock. */
    private void begin(long size) {
        isTaking = true;
        takingSince = nanoTime.getAsLong();
        takingSize = size;
    }

    /** In a loop, not by recursion: a container may take each message within the call. */
    private void proceed() {
        if (steps.getAndIncrement() > 0) {
            return;
        }
        do {
            step();
        } while (steps.decrementAndGet() > 0);
    }

    private void step() {
        Sender container;
        WebSocketMessage next;
        Close closing = null;
        synchronized (this) {
            container = sender;
            if (container == null || isTaking || isEnded) {
                return;
            }
            next = waiting.poll();
            if (next != null) {
                long size = next.size();
                waitingSize -= size + MESSAGE_COST;
                begin(size);
            } else if (close != null && !isCloseSent) {
                isCloseSent = true;
                closing = close;
            }
        }
        if (next != null) {
            container.send(next);
        } else if (closing != null) {
            container.close(closing.code(), closing.reason());
        }
    }
}

package io.gangway.servlet.websocket;

import io.gangway.exchange.WebSocketMessage;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The messages of one WebSocket's client, from the container's parts to the application's questions (A33, A36).
 *
 * <p>The container gives parts on one thread at a time; where it cannot be told to stop, it waits in {@link #awaitRoom} while the application is slow. The application asks on any thread, and never waits.
 */
final class IncomingMessages {
    /** What became of a part. */
    enum Taken {
        /** More parts or messages may come. */
        ROOM,
        /** A message is there that the application waits for. */
        AWAITED,
        /** The message is larger than allowed. */
        TOO_LARGE
    }

    private static final int FIRST_PIECE = 256;

    private final WebSocketLimits limits;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    // Used by the container's thread alone: the message that is not whole yet.
    private final StringBuilder text = new StringBuilder(0);
    private byte[] bytes = {};
    private int bytesCount;
    private long size;

    // Guarded by the lock.
    private final Deque<WebSocketMessage> whole = new ArrayDeque<>(2);
    private long wholeSize;
    private boolean isAwaited;
    private boolean isEnded;

    IncomingMessages(WebSocketLimits limits) {
        this.limits = limits;
    }

    /** Takes a part of a text message. */
    Taken text(String part, boolean isLast) {
        size += new WebSocketMessage.Text(part).size();
        if (size > limits.maxMessage()) {
            return dropped();
        }
        if (!isLast) {
            text.append(part);
            return Taken.ROOM;
        }
        String all = text.isEmpty() ? part : text.append(part).toString();
        text.setLength(0);
        text.trimToSize();
        return add(new WebSocketMessage.Text(all));
    }

    /** Takes a part of a binary message; the buffer is the container's again afterwards. */
    Taken bytes(ByteBuffer part, boolean isLast) {
        int count = part.remaining();
        size += count;
        if (size > limits.maxMessage()) {
            return dropped();
        }
        if (bytesCount + count > bytes.length) {
            // An only part has exactly the message's size.
            int room = isLast ? bytesCount + count : Math.max(FIRST_PIECE, 2 * (bytesCount + count));
            bytes = Arrays.copyOf(bytes, room);
        }
        part.get(bytes, bytesCount, count);
        bytesCount += count;
        if (!isLast) {
            return Taken.ROOM;
        }
        byte[] all = bytesCount == bytes.length ? bytes : Arrays.copyOf(bytes, bytesCount);
        bytes = new byte[0];
        bytesCount = 0;
        return add(new WebSocketMessage.Binary(all));
    }

    private Taken dropped() {
        text.setLength(0);
        text.trimToSize();
        bytes = new byte[0];
        bytesCount = 0;
        return Taken.TOO_LARGE;
    }

    private Taken add(WebSocketMessage message) {
        long added = size;
        size = 0;
        lock.lock();
        try {
            if (isEnded) {
                return Taken.ROOM;
            }
            whole.add(message);
            wholeSize += added;
            boolean wasAwaited = isAwaited;
            isAwaited = false;
            return wasAwaited ? Taken.AWAITED : Taken.ROOM;
        } finally {
            lock.unlock();
        }
    }

    /** The next message; null if none is here, and then the next one is {@link Taken#AWAITED}. */
    @Nullable
    WebSocketMessage next() {
        lock.lock();
        try {
            WebSocketMessage first = whole.poll();
            if (first == null) {
                isAwaited = true;
                return null;
            }
            wholeSize -= first.size();
            changed.signalAll();
            return first;
        } finally {
            lock.unlock();
        }
    }

    /** Whether the application has as much as it may have. */
    boolean isFull() {
        lock.lock();
        try {
            return !isEnded && (whole.size() >= limits.maxQueue() || wholeSize > limits.maxMessage());
        } finally {
            lock.unlock();
        }
    }

    /** Waits until the application has taken messages, or the WebSocket has ended. Returns false if neither happens in time. */
    boolean awaitRoom(Duration time) throws InterruptedException {
        long left = time.toNanos();
        lock.lock();
        try {
            while (left > 0 && isFull()) {
                left = changed.awaitNanos(left);
            }
            return !isFull();
        } finally {
            lock.unlock();
        }
    }

    /** Nothing more is taken; what is whole can still be asked for. */
    void end() {
        lock.lock();
        try {
            isEnded = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}

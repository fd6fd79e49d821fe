package io.gangway.python;

import io.gangway.buffer.BodyBuffer;
import io.gangway.buffer.BodyStore;
import io.gangway.buffer.NoRoomException;
import io.gangway.buffer.StorageException;
import io.gangway.exchange.Exchange;
import io.gangway.wsgi.ClientException;
import java.io.EOFException;
import java.io.IOException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * What is read of a request's body before a worker is claimed: all of it, or if bodies are not to be collected a small one of known length. A client that sends
 * slowly then occupies neither a worker nor, with a wire that does not wait, a thread.
 *
 * <p>A small body is read into an array that is pushed to the worker. If it does not come at once, the array counts as the memory of larger ones does; if there is no memory left, it
 * goes where larger ones are.
 *
 * <p>{@link #proceed} and {@link #left} may be called by any thread: one of them at a time reads on, also for those that come meanwhile.
 */
final class BodyReading {
    /** Bytes that are stored at once, so that a file is not written in the 8 to 16 KiB that containers give. */
    private static final int PIECE = 128 << 10;

    /**
     * Arrays for pieces that nobody uses at this moment, 1 MiB in all at most, for as many processors as usually read at once. To clear a new one took a tenth of the time of a
     * large body.
     */
    private static final BlockingQueue<byte[]> PIECES = new ArrayBlockingQueue<>(8);

    private static final byte[] NOTHING = {};

    private final WorkerRequest request;
    private final Exchange exchange;
    private final Policy policy;
    private final BodyStore store;

    private final AtomicInteger turns = new AtomicInteger();
    private volatile @Nullable ClientException gone;

    // Used by the thread whose turn it is.
    private @Nullable Owner owner;
    private boolean isOver;
    private @Nullable BodyBuffer collected;
    private BodyStore.@Nullable Reservation reserved;
    private byte[] prefetched = NOTHING;
    private int count;

    /** What is read. */
    private enum Policy {
        /** Nothing: there is no body, or the application reads it. */
        NOTHING,
        /** A small body of known length, into an array, however slowly it comes. */
        PREFETCH,
        /** All of it. */
        COLLECT
    }

    /** Gets the result, once, on the thread that has read the last part. */
    interface Owner {
        /**
         * All that is to be read has been.
         *
         * @param whole the request with what was read of its body
         */
        void bodyRead(WorkerRequest whole);

        /**
         * The body cannot be read, or there is no room for it.
         *
         * @param problem why
         */
        void bodyLost(Throwable problem);
    }

    private BodyReading(WorkerRequest request, Exchange exchange, Policy policy, BodyStore store) {
        this.request = request;
        this.exchange = exchange;
        this.policy = policy;
        this.store = store;
    }

    static BodyReading of(WorkerRequest request, Exchange exchange, boolean isCollected, BodyStore store) {
        Policy policy = Policy.NOTHING; // A10, for ASGI
        boolean isRead = !request.isEmpty() && !request.isAsgi();
        if (isRead && isCollected) {
            policy = Policy.COLLECT;
        } else if (isRead && request.isShort() && !request.isClientWaiting()) {
            policy = Policy.PREFETCH; // W44: otherwise 100 Continue waits until the application reads
        }
        return new BodyReading(request, exchange, policy, store);
    }

    WorkerRequest request() {
        return request;
    }

    /** The store of what is collected. */
    BodyStore store() {
        return store;
    }

    /** Begins. */
    void begin(Owner wanting) {
        owner = wanting;
        proceed();
    }

    /** Reads on: there may be more now. */
    void proceed() {
        if (turns.getAndIncrement() > 0) {
            return; // whoever reads now takes this turn too
        }
        do {
            turn();
        } while (turns.decrementAndGet() > 0);
    }

    /** The client has left. */
    void left(ClientException how) {
        gone = how;
        proceed();
    }

    /** Gives back what the body takes. To be called when no worker can ask for it any more. */
    void close() {
        BodyBuffer body = collected;
        if (body != null) {
            body.close();
        }
        BodyStore.Reservation memory = reserved;
        if (memory != null) {
            memory.close();
        }
    }

    private void turn() {
        Owner wanting = owner;
        if (isOver || wanting == null) {
            return;
        }
        WorkerRequest whole;
        try {
            ClientException how = gone;
            if (how != null) {
                throw how;
            }
            whole = read();
        } catch (IOException | RuntimeException | Error e) {
            isOver = true;
            close();
            wanting.bodyLost(e);
            return;
        }
        if (whole != null) {
            isOver = true;
            wanting.bodyRead(whole);
        }
    }

    /** Returns null if more is to come. */
    private @Nullable WorkerRequest read() throws IOException {
        try {
            return switch (policy) {
                case NOTHING -> request;
                case PREFETCH -> isPrefetched() ? request.pushed(prefetched) : null;
                case COLLECT -> collect();
            };
        } catch (ClientException | NoRoomException | StorageException e) {
            throw e;
        } catch (IOException e) { // W46: somebody took the body
            if (request.isOfUnknownLength()) {
                throw e; // who looks for a length would take it for a request without a body
            }
            close();
            return request.unreadable(e);
        }
    }

    private boolean isPrefetched() throws IOException {
        int length = (int) request.bodyLength();
        if (prefetched.length == 0) {
            prefetched = new byte[length];
        }
        while (count < length) { // W41: not further, for there the body ends
            int more = exchange.read(prefetched, count, length - count);
            if (more == 0) {
                return false;
            }
            if (more < 0) {
                throw brokenOff(count);
            }
            count += more;
        }
        return true;
    }

    private ClientException brokenOff(long after) {
        return new ClientException(
                "the client sent " + after + " bytes of a body of " + request.bodyLength(), new EOFException());
    }

    /** The first read of a body sends {@code 100 Continue} (W44). */
    private @Nullable WorkerRequest collect() throws IOException {
        if (collected == null && request.isShort()) {
            if (isPrefetched()) {
                return request.pushed(prefetched);
            }
            if (reserved == null) {
                reserved = store.reserve(prefetched.length).orElse(null);
            }
            if (reserved == null) {
                append(prefetched, count);
                prefetched = NOTHING;
            }
            return null;
        }
        boolean isKnown = !request.isOfUnknownLength();
        if (collected == null && isKnown) {
            store.checkPossible(request.bodyLength());
        }
        byte[] free = PIECES.poll();
        byte[] piece = free == null ? new byte[PIECE] : free;
        try {
            return collect(piece, isKnown);
        } finally {
            PIECES.offer(piece); // or it is garbage
        }
    }

    private @Nullable WorkerRequest collect(byte[] piece, boolean isKnown) throws IOException {
        while (true) {
            int wanted = isKnown ? (int) Math.min(PIECE, request.bodyLength() - size()) : PIECE;
            int filled = 0;
            int more = 1;
            while (filled < wanted && more > 0) {
                more = exchange.read(piece, filled, wanted - filled);
                filled += Math.max(0, more);
            }
            if (filled > 0) {
                append(piece, filled);
            }
            if (isKnown && size() == request.bodyLength()) { // W41: not further, for there the body ends
                return request.collected(collected);
            }
            if (more == 0) {
                return null;
            }
            if (more < 0) {
                if (isKnown) {
                    throw brokenOff(size());
                }
                return request.collected(collected);
            }
        }
    }

    private long size() {
        BodyBuffer body = collected;
        return body == null ? 0 : body.size();
    }

    /** Most HTTP/2 requests without a length have no body, and need no buffer. */
    private void append(byte[] piece, int length) throws IOException {
        BodyBuffer body = collected;
        if (body == null) {
            body = store.newBuffer(request.isOfUnknownLength() ? 0 : request.bodyLength());
            collected = body;
        }
        body.append(piece, 0, length);
    }
}

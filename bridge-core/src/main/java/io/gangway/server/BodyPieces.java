package io.gangway.server;

import io.gangway.exchange.Exchange;
import io.gangway.exchange.RequestFacts;
import java.io.IOException;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * Reads the pieces of a body that events carry. Only a read tells how long a piece is, so it goes through a shared buffer; a fresh one of that size would have to be
 * cleared for each read.
 *
 * <p>Thread-safe.
 */
final class BodyPieces {
    /** Max bytes of a piece: uvicorn's mark of 64 KiB, at which it stops to read from a client. */
    private static final int MAX = 64 << 10;

    /** Kept for as many threads as can read at the same time, and some that wait in a blocking read; the others make their own. */
    private static final Queue<byte[]> BUFFERS =
            new ArrayBlockingQueue<>(2 * Runtime.getRuntime().availableProcessors());

    private BodyPieces() {}

    /**
     * Reads a piece.
     *
     * @param missing bytes of the body that have not been read, or {@link RequestFacts#UNKNOWN_LENGTH}
     * @return the caller's own; empty if nothing is there now, null at the body's end
     * @throws IOException as {@link Exchange#read}
     */
    static byte @Nullable [] read(Exchange exchange, long missing) throws IOException {
        byte @Nullable [] free = BUFFERS.poll();
        byte[] buffer = free == null ? new byte[MAX] : free;
        try {
            int length = missing == RequestFacts.UNKNOWN_LENGTH ? MAX : (int) Math.min(MAX, missing);
            int count = exchange.read(buffer, 0, length);
            return count < 0 ? null : Arrays.copyOf(buffer, count);
        } finally {
            boolean unused = BUFFERS.offer(buffer); // or there are enough
        }
    }
}

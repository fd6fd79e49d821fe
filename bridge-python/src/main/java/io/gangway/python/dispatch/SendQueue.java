package io.gangway.python.dispatch;

import io.gangway.python.protocol.Frame;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.GatheringByteChannel;
import java.util.ArrayDeque;
import java.util.Deque;

/** What is still to be written to a connection. Not thread-safe. */
final class SendQueue {
    /**
     * Bytes. A worker asks for one piece of a body at a time, and a request with a pushed body is smaller: a queue that has so much grows because of
     * a fault, and must not take the memory of all.
     */
    static final int MAX_UNSENT = 4 * Frame.MAX_PAYLOAD;

    private final Deque<ByteBuffer> buffers = new ArrayDeque<>();
    private long size;

    boolean isEmpty() {
        return buffers.isEmpty();
    }

    /**
     * Adds bytes, which belong to the queue from now on.
     *
     * @throws IllegalStateException beyond {@link #MAX_UNSENT}
     */
    void add(ByteBuffer... more) {
        for (ByteBuffer buffer : more) {
            if (buffer.hasRemaining()) {
                size += buffer.remaining();
                buffers.add(buffer);
            }
        }
        if (size > MAX_UNSENT) {
            throw new IllegalStateException(size + " bytes wait for a worker that does not read; at most " + MAX_UNSENT
                    + " may. Fix: report this as a bug of Gangway");
        }
    }

    /** Writes as much as the channel takes now, in one call. */
    void writeTo(GatheringByteChannel channel) throws IOException {
        if (buffers.isEmpty()) {
            return;
        }
        size -= channel.write(buffers.toArray(ByteBuffer[]::new));
        while (!buffers.isEmpty() && !buffers.element().hasRemaining()) {
            buffers.remove();
        }
    }
}

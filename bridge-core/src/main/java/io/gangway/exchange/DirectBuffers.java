package io.gangway.exchange;

import java.nio.ByteBuffer;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The direct buffers of files that are being sent: a channel fills them and a container writes them without a copy in the heap. Making one costs as much as sending a small
 * file, so they are used again.
 *
 * <p>Thread-safe. A buffer that a container may still hold must never be used again: another client would get its bytes.
 */
final class DirectBuffers {
    /** Bytes of a buffer: few system calls for a large file, and less than a processor's second-level cache. */
    static final int SIZE = 256 << 10;

    /** Max buffers, 8 MiB in all: slow clients keep theirs for long, and further files are sent from arrays. */
    static final int LIMIT = 32;

    private final ConcurrentLinkedQueue<ByteBuffer> free = new ConcurrentLinkedQueue<>();
    private final AtomicInteger made = new AtomicInteger();

    /** An empty buffer, to be given back; null if all are in use, or the JVM has no memory for one. */
    @Nullable
    ByteBuffer take() {
        ByteBuffer unused = free.poll();
        if (unused != null) {
            return unused.clear();
        }
        if (made.incrementAndGet() <= LIMIT) {
            try {
                return ByteBuffer.allocateDirect(SIZE);
            } catch (OutOfMemoryError e) { // of direct memory: -XX:MaxDirectMemorySize
                made.decrementAndGet();
                return null;
            }
        }
        made.decrementAndGet();
        return null;
    }

    /** Gives a buffer back that nobody uses. */
    void giveBack(ByteBuffer buffer) {
        free.add(buffer);
    }

    /** A buffer is lost: somebody may still use it. */
    void lose() {
        made.decrementAndGet();
    }
}

package io.gangway.exchange;

import java.lang.ref.PhantomReference;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.nio.ByteBuffer;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
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

    private final ConcurrentLinkedDeque<ByteBuffer> free = new ConcurrentLinkedDeque<>();
    /** Buffers that exist; those that are lost exist until the garbage collector has found them. */
    private final AtomicInteger made = new AtomicInteger();

    private final Set<Reference<ByteBuffer>> lost = ConcurrentHashMap.newKeySet();
    private final ReferenceQueue<ByteBuffer> collected = new ReferenceQueue<>();

    /** An empty buffer, to be given back; null if all are in use, or the JVM has no memory for one. */
    @Nullable
    ByteBuffer take() {
        for (Reference<?> gone = collected.poll(); gone != null; gone = collected.poll()) {
            lost.remove(gone);
            made.decrementAndGet();
        }
        ByteBuffer unused = free.poll(); // the last used one, which is in a processor's cache
        if (unused != null) {
            return unused.clear();
        }
        if (made.incrementAndGet() <= LIMIT) {
            try {
                return ByteBuffer.allocateDirect(SIZE);
            } catch (OutOfMemoryError e) { // of direct memory: -XX:MaxDirectMemorySize
                made.addAndGet(LIMIT); // for good: each attempt would collect garbage, and wait for it
                return null;
            }
        }
        made.decrementAndGet();
        return null;
    }

    /** Gives a buffer back that nobody uses. */
    void giveBack(ByteBuffer buffer) {
        free.push(buffer);
    }

    /** A buffer is lost, because somebody may still use it. */
    void lose(ByteBuffer buffer) {
        lost.add(new PhantomReference<>(buffer, collected));
    }
}

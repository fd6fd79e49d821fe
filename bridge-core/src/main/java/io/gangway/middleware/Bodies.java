package io.gangway.middleware;

import io.gangway.wsgi.ApplicationViolation;
import java.util.AbstractCollection;
import java.util.Collection;
import java.util.Iterator;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Wraps bodies, and passes {@code close()} on to the inner body exactly once (W65).
 *
 * <p>A collection stays a collection, so that the server can see that a body is a single block, and can add its Content-Length
 * (W62).
 */
final class Bodies {
    private Bodies() {}

    /**
     * Wraps a body.
     *
     * @param inner the body that an application returned
     * @param blocks called with {@code inner} when the iteration begins; yields one block for each inner block
     * @param afterClose run once, after {@code inner} was closed, even if closing failed
     * @throws ApplicationViolation if the application returned null
     */
    static Iterable<byte[]> around(
            @Nullable Iterable<byte[]> inner,
            Function<Iterable<byte[]>, Iterator<byte[]>> blocks,
            Runnable afterClose) {
        Wrapped wrapped = new Wrapped(checked(inner), blocks, afterClose);
        return wrapped.inner instanceof Collection<?> collection ? new Sized(wrapped, collection.size()) : wrapped;
    }

    /** W02: the server makes the same check, but the middleware gets the body first. */
    static Iterable<byte[]> checked(@Nullable Iterable<byte[]> body) {
        if (body == null) {
            throw new ApplicationViolation(
                    "W02",
                    "the application's return",
                    "an iterable of blocks",
                    "null",
                    "return List.of() where there is no body");
        }
        return body;
    }

    @SuppressWarnings("try") // an application's close() may throw any exception, also InterruptedException
    private static final class Wrapped implements Iterable<byte[]>, AutoCloseable {
        private final Iterable<byte[]> inner;
        private final Function<Iterable<byte[]>, Iterator<byte[]>> blocks;
        private final Runnable afterClose;
        private boolean closed;

        Wrapped(Iterable<byte[]> inner, Function<Iterable<byte[]>, Iterator<byte[]>> blocks, Runnable afterClose) {
            this.inner = inner;
            this.blocks = blocks;
            this.afterClose = afterClose;
        }

        @Override
        public Iterator<byte[]> iterator() {
            return blocks.apply(inner);
        }

        @Override
        public void close() throws Exception {
            if (closed) {
                return;
            }
            closed = true;
            try {
                if (inner instanceof AutoCloseable closeable) {
                    closeable.close();
                }
            } finally {
                afterClose.run();
            }
        }
    }

    @SuppressWarnings("try") // an application's close() may throw any exception, also InterruptedException
    private static final class Sized extends AbstractCollection<byte[]> implements AutoCloseable {
        private final Wrapped wrapped;
        private final int size;

        Sized(Wrapped wrapped, int size) {
            this.wrapped = wrapped;
            this.size = size;
        }

        @Override
        public Iterator<byte[]> iterator() {
            return wrapped.iterator();
        }

        @Override
        public int size() {
            return size;
        }

        @Override
        public void close() throws Exception {
            wrapped.close();
        }
    }
}

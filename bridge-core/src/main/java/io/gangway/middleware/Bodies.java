package io.gangway.middleware;

import io.gangway.wsgi.ApplicationViolation;
import java.util.AbstractCollection;
import java.util.Collection;
import java.util.Iterator;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Bodies around bodies: the place that keeps the duty to pass {@code close()} on exactly once (W65).
 *
 * <p>A collection stays one, so that the server still knows when a body is a single block and can supply its
 * Content-Length (W62).
 */
final class Bodies {
    private Bodies() {}

    /**
     * Wraps a body.
     *
     * @param inner what an application returned
     * @param blocks called when iteration begins, with {@code inner}; yields one block for each inner block
     * @param afterClose run once, after {@code inner} was closed, even if that failed
     * @throws ApplicationViolation if the application returned null
     */
    static Iterable<byte[]> around(
            @Nullable Iterable<byte[]> inner,
            Function<Iterable<byte[]>, Iterator<byte[]>> blocks,
            Runnable afterClose) {
        Wrapped wrapped = new Wrapped(checked(inner), blocks, afterClose);
        return wrapped.inner instanceof Collection<?> collection ? new Sized(wrapped, collection.size()) : wrapped;
    }

    /** W02: a server would say the same, but a middleware meets it first. */
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

    @SuppressWarnings("try") // an application's close() may throw anything, InterruptedException too
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

    @SuppressWarnings("try") // an application's close() may throw anything, InterruptedException too
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

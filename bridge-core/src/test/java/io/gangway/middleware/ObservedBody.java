package io.gangway.middleware;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An application's body that records how it was used. */
final class ObservedBody implements Iterable<byte[]>, AutoCloseable {
    private final List<String> blocks;
    private final @Nullable RuntimeException failure;
    int asked;
    int closed;

    /** Yields the blocks, then throws the failure if there is one. */
    ObservedBody(@Nullable RuntimeException failure, String... blocks) {
        this.failure = failure;
        this.blocks = List.of(blocks);
    }

    static ObservedBody of(String... blocks) {
        return new ObservedBody(null, blocks);
    }

    @Override
    public Iterator<byte[]> iterator() {
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return asked < blocks.size() || failure != null;
            }

            @Override
            public byte[] next() {
                if (asked == blocks.size() && failure != null) {
                    throw failure;
                }
                return blocks.get(asked++).getBytes(UTF_8);
            }
        };
    }

    @Override
    public void close() {
        closed++;
    }
}

package io.gangway.middleware;

import java.util.Iterator;
import java.util.function.Supplier;

/** Counts the blocks of a body, and notices how it fails. */
final class WatchedIterator implements Iterator<byte[]> {
    private final AccessRecord access;
    private final Iterator<byte[]> blocks;

    WatchedIterator(Iterable<byte[]> inner, AccessRecord access) {
        this.access = access;
        this.blocks = noticing(inner::iterator);
    }

    @Override
    public boolean hasNext() {
        return noticing(blocks::hasNext);
    }

    @Override
    public byte[] next() {
        byte[] block = noticing(blocks::next);
        access.sent(block.length);
        return block;
    }

    private <T> T noticing(Supplier<T> step) {
        try {
            return step.get();
        } catch (Throwable e) { // to be logged, whatever it is
            access.failed(e);
            throw e;
        }
    }
}

package io.gangway.middleware;

import java.util.Iterator;
import java.util.function.Supplier;

/** Counts the bytes of a body's blocks, and records an exception of the iteration. */
final class WatchedIterator implements Iterator<byte[]> {
    private final AccessRecord access;
    private final Iterator<byte[]> blocks;

    WatchedIterator(Iterable<byte[]> inner, AccessRecord access) {
        this.access = access;
        this.blocks = recording(inner::iterator);
    }

    @Override
    public boolean hasNext() {
        return recording(blocks::hasNext);
    }

    @Override
    public byte[] next() {
        byte[] block = recording(blocks::next);
        access.sent(block.length);
        return block;
    }

    private <T> T recording(Supplier<T> step) {
        try {
            return step.get();
        } catch (Throwable e) { // any failure is logged
            access.failed(e);
            throw e;
        }
    }
}

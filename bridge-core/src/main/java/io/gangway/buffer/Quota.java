package io.gangway.buffer;

import java.util.concurrent.atomic.AtomicLong;

/**
 * An amount that many share, and of which no more than all can be taken: bytes of memory, or of a disk.
 *
 * <p>Thread-safe and without locks. What a {@link Share} has taken is given back once, whoever closes it and however often.
 */
final class Quota {
    private final long limit;
    private final AtomicLong used = new AtomicLong();

    /**
     * A quota of which nothing is taken.
     *
     * @param limit at least 0
     */
    Quota(long limit) {
        if (limit < 0) {
            throw new IllegalArgumentException("a quota must be at least 0, unlike " + limit);
        }
        this.limit = limit;
    }

    long limit() {
        return limit;
    }

    /** What all shares have taken at this moment. */
    long used() {
        return used.get();
    }

    /** A new share, which has taken nothing. */
    Share share() {
        return new Share();
    }

    private boolean take(long amount) {
        long before = used.get();
        while (amount <= limit - before) {
            if (used.compareAndSet(before, before + amount)) {
                return true;
            }
            before = used.get();
        }
        return false;
    }

    /** What one holder has taken. Thread-safe: it may be closed by one thread while another takes more. */
    final class Share implements AutoCloseable {
        private static final long CLOSED = -1;

        /** What this share has taken, or that it takes no more. */
        private final AtomicLong taken = new AtomicLong();

        private Share() {}

        /**
         * Takes more.
         *
         * @param amount at least 0
         * @return false if the quota has no room for it, or the share is closed; then nothing is taken
         */
        boolean take(long amount) {
            if (!Quota.this.take(amount)) {
                return false;
            }
            long before = taken.getAndUpdate(mine -> mine == CLOSED ? CLOSED : mine + amount);
            if (before == CLOSED) {
                used.addAndGet(-amount);
                return false;
            }
            return true;
        }

        boolean isClosed() {
            return taken.get() == CLOSED;
        }

        /** Gives everything back, and takes nothing from now on. A second call does nothing. */
        @Override
        public void close() {
            long mine = taken.getAndSet(CLOSED);
            if (mine != CLOSED) {
                used.addAndGet(-mine);
            }
        }
    }
}

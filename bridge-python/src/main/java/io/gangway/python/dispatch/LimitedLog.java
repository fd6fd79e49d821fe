package io.gangway.python.dispatch;

import java.lang.System.Logger.Level;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntFunction;
import java.util.function.LongSupplier;

/**
 * The log entries of one kind, of which a crowd of clients can cause many: at most one each second. Otherwise the server would write its log when it has the least time for it. Any
 * thread may call it.
 */
public final class LimitedLog {
    private static final long PAUSE = TimeUnit.SECONDS.toNanos(1);

    private final System.Logger log;
    private final Level level;
    private final LongSupplier nanoTime;
    private final AtomicLong due;
    private final AtomicInteger untold = new AtomicInteger();

    /**
     * Before the first entry.
     *
     * @param log gets the entries, and at DEBUG those that are too many
     * @param level of the entries
     * @param nanoTime the clock: {@link System#nanoTime}
     */
    public LimitedLog(System.Logger log, Level level, LongSupplier nanoTime) {
        this.log = log;
        this.level = level;
        this.nanoTime = nanoTime;
        this.due = new AtomicLong(nanoTime.getAsLong());
    }

    /**
     * Logs an entry, unless there was one less than a second ago.
     *
     * @param entry what happened to which request
     * @return whether it was logged at the level
     */
    public boolean log(String entry) {
        long now = nanoTime.getAsLong();
        long since = due.get();
        if (now - since < 0 || !due.compareAndSet(since, now + PAUSE)) {
            untold.incrementAndGet();
            log.log(Level.DEBUG, entry);
            return false;
        }
        int others = untold.getAndSet(0);
        log.log(level, others == 0 ? entry : entry + " (and " + others + " more since the last entry of this kind)");
        return true;
    }

    /**
     * Tells of the entries that were too many, if there are some. Where no other entry may come, it is to be called a while after each.
     *
     * @param entry makes an entry of their number
     */
    public void logOthers(IntFunction<String> entry) {
        int others = untold.getAndSet(0);
        if (others > 0) {
            log.log(level, entry.apply(others));
        }
    }
}

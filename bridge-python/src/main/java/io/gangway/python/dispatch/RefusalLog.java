package io.gangway.python.dispatch;

import java.lang.System.Logger.Level;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * The log entries for requests that no worker can take: at most one each second. A crowd of clients that try again and again would otherwise have the server write its log
 * when it has the least time for it. Any thread may call it.
 */
public final class RefusalLog {
    private static final long PAUSE = TimeUnit.SECONDS.toNanos(1);

    private final System.Logger log;
    private final LongSupplier nanoTime;
    private final AtomicLong due;
    private final AtomicInteger untold = new AtomicInteger();

    /**
     * Before the first refusal.
     *
     * @param log gets the entries at WARNING, and at DEBUG those that are too many
     * @param nanoTime the clock: {@link System#nanoTime}
     */
    public RefusalLog(System.Logger log, LongSupplier nanoTime) {
        this.log = log;
        this.nanoTime = nanoTime;
        this.due = new AtomicLong(nanoTime.getAsLong());
    }

    /**
     * A request was answered 503.
     *
     * @param request its name in the log
     * @param why the reason, for the log
     */
    public void refused(String request, RefusedException why) {
        String entry = request + ": answered 503: " + why.getMessage();
        long now = nanoTime.getAsLong();
        long since = due.get();
        if (now - since < 0 || !due.compareAndSet(since, now + PAUSE)) {
            untold.incrementAndGet();
            log.log(Level.DEBUG, entry);
            return;
        }
        int others = untold.getAndSet(0);
        log.log(
                Level.WARNING,
                others == 0 ? entry : entry + " (and " + others + " more since the last entry of this kind)");
    }
}

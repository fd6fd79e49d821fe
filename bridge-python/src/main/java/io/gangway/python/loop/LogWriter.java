package io.gangway.python.loop;

import io.gangway.wsgi.Escapes;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Writes the event loop's log entries on a thread of its own: a log that blocks would otherwise stall the supervision of all
 * workers, and with it timeouts and replacements.
 *
 * <p>A slow log slows the loop down, and loses no entry. While a log takes no entry for {@link #MAX_WAIT}, entries that do not fit
 * into the queue are lost; an entry tells their number once the log takes entries again.
 */
final class LogWriter {
    /** Characters that may wait, {@link #OVERHEAD} for each entry included: the output of a busy application in a few seconds. */
    static final long MAX_WAITING = 8 << 20;

    /** Characters that an empty entry counts for. */
    private static final int OVERHEAD = 100;

    /** How long the loop waits for room in the queue, once, before it regards the log as stalled. */
    static final Duration MAX_WAIT = Duration.ofSeconds(1);

    /** How long {@link #close} waits for the queue to be written. */
    private static final Duration CLOSING = Duration.ofSeconds(2);

    private final String prefix;
    private final Thread thread;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition notEmpty = lock.newCondition();
    private final Condition notFull = lock.newCondition();
    private final Deque<Entry> queue = new ArrayDeque<>();
    private long waiting;
    private long lost;
    /** The logger of the last lost entry; null if no loss has to be told. */
    private @Nullable Logger loggerOfLost;

    private boolean isStalled;
    private boolean isClosed;

    /** An entry that waits to be written. */
    record Entry(
            Logger logger,
            Level level,
            String text,
            @Nullable Throwable thrown) {
        int size() {
            return text.length() + OVERHEAD;
        }

        void write() {
            if (thrown == null) {
                logger.log(level, text);
            } else {
                logger.log(level, text, thrown);
            }
        }
    }

    /** A writer on a thread of this name, for a deployment that each entry names; empty if there is none. */
    LogWriter(String name, String deployment) {
        prefix = Escapes.label(deployment);
        thread = new Thread(this::run, name);
        thread.setDaemon(true);
    }

    /** An entry of this writer's deployment. */
    Entry entry(Logger logger, Level level, String text, @Nullable Throwable thrown) {
        return new Entry(logger, level, prefix + text, thrown);
    }

    void start() {
        thread.start();
    }

    /** Takes an entry of the event loop. Waits for room in the queue if the log is slow, but not if it is stalled. */
    void add(Entry entry) {
        lock.lock();
        try {
            if (!hasRoomFor(entry)) {
                lost++;
                loggerOfLost = entry.logger();
                return;
            }
            if (loggerOfLost != null) {
                put(lossEntry(loggerOfLost));
            }
            put(entry);
        } finally {
            lock.unlock();
        }
    }

    private boolean hasRoomFor(Entry entry) {
        long left = isStalled ? 0 : MAX_WAIT.toNanos();
        try {
            while (waiting > 0 && waiting + entry.size() > MAX_WAITING && left > 0) {
                left = notFull.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        isStalled = waiting > 0 && waiting + entry.size() > MAX_WAITING;
        return !isStalled;
    }

    private void put(Entry entry) {
        queue.add(entry);
        waiting += entry.size();
        notEmpty.signal();
    }

    private Entry lossEntry(Logger logger) {
        String text = lost + " entries of Python workers are missing here: the log took no entry for "
                + MAX_WAIT.toMillis() + " ms. Fix: see why the log's handlers block, or give the log a faster target";
        lost = 0;
        loggerOfLost = null;
        return entry(logger, Level.ERROR, text, null);
    }

    private void run() {
        for (Entry entry = next(); entry != null; entry = next()) {
            try {
                entry.write();
            } catch (Throwable e) {
                // A handler threw, or lacks memory or a class. There is no other log to tell, and the next entry may
                // succeed.
            }
        }
    }

    /** The next entry; null when all are written, and no more will come. */
    private @Nullable Entry next() {
        lock.lock();
        try {
            while (queue.isEmpty() && loggerOfLost == null && !isClosed) {
                notEmpty.awaitUninterruptibly();
            }
            if (queue.isEmpty()) {
                return loggerOfLost == null ? null : lossEntry(loggerOfLost);
            }
            Entry entry = queue.remove();
            waiting -= entry.size();
            notFull.signal();
            return entry;
        } finally {
            lock.unlock();
        }
    }

    /** Ends the thread when it has written the queue, and waits {@link #CLOSING} for that. The loop must have ended. */
    void close() {
        lock.lock();
        try {
            isClosed = true;
            notEmpty.signal();
        } finally {
            lock.unlock();
        }
        Threads.join(thread, CLOSING);
    }
}

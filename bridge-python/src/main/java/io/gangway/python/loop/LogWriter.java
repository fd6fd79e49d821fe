package io.gangway.python.loop;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Writes the event loop's log entries on a thread of its own: a log that takes nothing would otherwise stall the supervision of
 * all workers, and with it timeouts and replacements.
 *
 * <p>A slow log slows down what fills it, and loses nothing. One that takes nothing for {@link #PATIENCE} loses what does not fit
 * into the queue, and is told how much once it takes entries again.
 */
final class LogWriter {
    /** Characters that may wait, each entry's own and {@link #OVERHEAD}: what a busy application says in a few seconds. */
    static final long MOST_WAITING = 8 << 20;

    /** Characters that an empty entry counts for. */
    private static final int OVERHEAD = 100;

    /** How long the loop waits for room in the queue, once, before it takes the log for stalled. */
    static final Duration PATIENCE = Duration.ofSeconds(1);

    /** How long {@link #close} waits for the queue to be written. */
    private static final Duration CLOSING = Duration.ofSeconds(2);

    private final Thread thread;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition news = lock.newCondition();
    private final Condition room = lock.newCondition();
    private final Deque<Entry> queue = new ArrayDeque<>();
    private long waiting;
    private long lost;
    /** Where the last of them would have gone. */
    private @Nullable Logger loser;

    private boolean isStalled;
    private boolean isClosed;

    /** What is to be logged. */
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

    LogWriter(String name) {
        thread = new Thread(this::run, name);
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** Takes an entry, for the event loop; waits for room if the log is slow, but not if it is stalled. */
    void add(Entry entry) {
        lock.lock();
        try {
            if (!hasRoomFor(entry)) {
                lost++;
                loser = entry.logger();
                return;
            }
            if (loser != null) {
                put(lossEntry(loser));
            }
            put(entry);
        } finally {
            lock.unlock();
        }
    }

    private boolean hasRoomFor(Entry entry) {
        long left = isStalled ? 0 : PATIENCE.toNanos();
        try {
            while (waiting > 0 && waiting + entry.size() > MOST_WAITING && left > 0) {
                left = room.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        isStalled = waiting > 0 && waiting + entry.size() > MOST_WAITING;
        return !isStalled;
    }

    private void put(Entry entry) {
        queue.add(entry);
        waiting += entry.size();
        news.signal();
    }

    private Entry lossEntry(Logger logger) {
        String text = lost + " entries of Python workers are missing here, for the log took none for "
                + PATIENCE.toMillis() + " ms";
        lost = 0;
        loser = null;
        return new Entry(logger, Level.ERROR, text, null);
    }

    private void run() {
        for (Entry entry = next(); entry != null; entry = next()) {
            try {
                entry.write();
            } catch (Throwable e) {
                // A handler that throws, or lacks memory or a class: there is no other log to tell it to, and it may
                // like the next
                // entry better.
            }
        }
    }

    /** The next entry; null when all are written, and no more will come. */
    private @Nullable Entry next() {
        lock.lock();
        try {
            while (queue.isEmpty() && loser == null && !isClosed) {
                news.awaitUninterruptibly();
            }
            if (queue.isEmpty()) {
                return loser == null ? null : lossEntry(loser);
            }
            Entry entry = queue.remove();
            waiting -= entry.size();
            room.signal();
            return entry;
        } finally {
            lock.unlock();
        }
    }

    /** Ends the thread, when it has written what waits; not if the log does not take it. The loop must have ended. */
    void close() {
        lock.lock();
        try {
            isClosed = true;
            news.signal();
        } finally {
            lock.unlock();
        }
        Threads.join(thread, CLOSING);
    }
}

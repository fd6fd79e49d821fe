package io.gangway.python.supervisor;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * One thread that waits for channels, for tasks of other threads, and for the clock; all it runs, it runs one after another.
 *
 * <p>{@link #execute} and {@link #stop} may be called by any thread, everything else by the loop's own.
 */
final class EventLoop {
    private static final Logger LOG = LoopLogger.of("io.gangway.python");

    private final Selector selector;
    private final LogWriter writer;
    private final Thread thread;
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final List<Runnable> afterReading = new ArrayList<>();
    private final PriorityQueue<Timer> timers = new PriorityQueue<>((a, b) -> Long.compare(a.due - b.due, 0));
    private volatile boolean isStopped;

    private record Timer(long due, Runnable task) {
        long dueIn() {
            return due - System.nanoTime();
        }
    }

    EventLoop(String name) throws IOException {
        selector = Selector.open();
        writer = new LogWriter(name + "-log");
        thread = new LoopThread(this::run, name, writer);
        thread.setDaemon(true);
    }

    private static final class LoopThread extends Thread {
        private final LogWriter writer;

        LoopThread(Runnable body, String name, LogWriter writer) {
            super(body, name);
            this.writer = writer;
        }
    }

    /** The way to the log for whom this loop runs; null for other threads. */
    static @Nullable LogWriter writer() {
        return Thread.currentThread() instanceof LoopThread loop ? loop.writer : null;
    }

    void start() {
        writer.start();
        thread.start();
    }

    /** Runs a task soon. */
    void execute(Runnable task) {
        tasks.add(task);
        selector.wakeup();
    }

    /** Runs a task when the channels have been looked at once more: what came over them before this call is read then. */
    void executeAfterReading(Runnable task) {
        execute(() -> afterReading.add(task));
    }

    /** Runs a task later. */
    void schedule(Duration delay, Runnable task) {
        timers.add(new Timer(System.nanoTime() + delay.toNanos(), task));
    }

    /** Calls back whenever a channel, which becomes non-blocking, has something to read or to accept, or its end. */
    SelectionKey register(SelectableChannel channel, int operation, Runnable ready) throws IOException {
        channel.configureBlocking(false);
        return channel.register(selector, operation, ready);
    }

    /** Ends the loop after what it is doing; what still waits is dropped. Returns when the thread has ended. */
    void stop() {
        isStopped = true;
        selector.wakeup();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true; // the loop's tasks do not wait, so this one does not take long either
            }
        }
        writer.close();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try (selector) {
            while (!isStopped) {
                List<Runnable> after = List.copyOf(afterReading);
                afterReading.clear();
                select(after.isEmpty());
                after.forEach(EventLoop::guarded);
                for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
                    guarded(task);
                }
                while (!timers.isEmpty() && timers.peek().dueIn() <= 0) {
                    guarded(timers.remove().task());
                }
            }
        } catch (IOException e) {
            LOG.log(Level.ERROR, "the supervisor of the Python workers ended: its selector failed", e);
        }
    }

    private void select(boolean mayWait) throws IOException {
        Timer next = timers.peek();
        if (!mayWait) {
            selector.selectNow();
        } else if (next == null) {
            selector.select();
        } else {
            long millis = next.dueIn() / 1_000_000 + 1;
            if (millis > 0 && tasks.isEmpty()) {
                selector.select(millis);
            } else {
                selector.selectNow();
            }
        }
        for (SelectionKey key : selector.selectedKeys()) {
            if (key.isValid()) {
                guarded((Runnable) key.attachment());
            }
        }
        selector.selectedKeys().clear();
    }

    /** One failing task must not take the supervision of all workers with it. */
    private static void guarded(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "the supervisor of the Python workers met a problem, and goes on", e);
        }
    }
}

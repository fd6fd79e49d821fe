package io.gangway.python.loop;

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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * One thread that waits for channels, for tasks of other threads, and for the clock; all it runs, it runs one after another.
 *
 * <p>{@link #register} and {@link #schedule} are for the loop's own thread, or anybody's before its start; the rest is for any other
 * thread, {@link #execute} and {@link #executeAfterReading} for all.
 */
public final class EventLoop {
    private static final Logger LOG = LoopLogger.of("io.gangway.python");

    private final Selector selector;
    private final LogWriter writer;
    private final Thread thread;
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final List<Runnable> afterReading = new ArrayList<>();
    private final PriorityQueue<Timer> timers = new PriorityQueue<>((a, b) -> Long.compare(a.due - b.due, 0));
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private volatile boolean isStopped;

    private record Timer(long due, Runnable task) {
        long dueIn() {
            return due - System.nanoTime();
        }
    }

    /**
     * A loop that does not run yet.
     *
     * @param name of its thread
     * @throws IOException if the system has no selector to give
     */
    public EventLoop(String name) throws IOException {
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

    /** Begins; once. */
    public void start() {
        writer.start();
        thread.start();
    }

    /**
     * Runs a task soon.
     *
     * @param task dropped if the loop has ended
     */
    public void execute(Runnable task) {
        tasks.add(task);
        if (Thread.currentThread() != thread) {
            selector.wakeup();
        }
    }

    /**
     * Runs a task soon, in any case: on the caller's thread if the loop has ended.
     *
     * @param task runs once
     */
    public void executeAlways(Runnable task) {
        execute(task);
        if (ended.isDone()) {
            runTasks();
        }
    }

    /**
     * Runs a task when the channels have been looked at once more: what came over them before this call is read then, and channels
     * whose keys were cancelled can be registered again.
     *
     * @param task dropped if the loop has ended
     */
    public void executeAfterReading(Runnable task) {
        execute(() -> afterReading.add(task));
    }

    /**
     * Runs a task later.
     *
     * @param delay from now
     * @param task dropped if the loop has ended by then
     */
    public void schedule(Duration delay, Runnable task) {
        timers.add(new Timer(System.nanoTime() + delay.toNanos(), task));
    }

    /**
     * Calls back whenever a channel has something to read or to accept, or its end.
     *
     * @param channel becomes non-blocking
     * @param operation of {@link SelectionKey}
     * @param ready called as long as there is something
     * @return to cancel, or to ask for other operations
     * @throws IOException if the channel is closed
     */
    public SelectionKey register(SelectableChannel channel, int operation, Runnable ready) throws IOException {
        channel.configureBlocking(false);
        return channel.register(selector, operation, ready);
    }

    /** Runs what is waiting to be run, and what can be read by now; returns when that is done, or when the loop has ended. */
    public void settle() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        executeAfterReading(() -> done.complete(null));
        CompletableFuture.anyOf(done, ended).join(); // the loop's tasks do not wait, so this does not take long
    }

    /** Ends the loop after what it is doing; what still waits is dropped. Returns when the thread has ended. */
    public void stop() {
        isStopped = true;
        selector.wakeup();
        ended.join(); // likewise
        writer.close();
    }

    private void run() {
        try (selector) {
            while (!isStopped) {
                List<Runnable> after = List.copyOf(afterReading);
                afterReading.clear();
                letOthersRun();
                select(after.isEmpty());
                after.forEach(EventLoop::guarded);
                runTasks();
                while (!timers.isEmpty() && timers.peek().dueIn() <= 0) {
                    guarded(timers.remove().task());
                }
            }
        } catch (IOException e) {
            LOG.log(Level.ERROR, "a loop of the Python workers ended: its selector failed", e);
        } finally {
            ended.complete(null);
        }
    }

    /**
     * Where all processors are busy, those whom the last round has given something to do go first: what they say meanwhile is one round,
     * and not many. Elsewhere this costs next to nothing.
     */
    @SuppressWarnings("ThreadPriorityCheck") // it is a matter of speed, and nothing relies on it
    private static void letOthersRun() {
        Thread.yield();
    }

    private void runTasks() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            guarded(task);
        }
    }

    private void select(boolean mayWait) throws IOException {
        Timer next = timers.peek();
        long left = next == null ? Long.MAX_VALUE : next.dueIn();
        if (!mayWait || left <= 0 || !tasks.isEmpty()) {
            selector.selectNow();
        } else if (next == null) {
            selector.select();
        } else {
            selector.select(left / 1_000_000 + 1);
        }
        for (SelectionKey key : selector.selectedKeys()) {
            if (key.isValid()) {
                guarded((Runnable) key.attachment());
            }
        }
        selector.selectedKeys().clear();
    }

    /** One failing task must not take everything else with it. */
    private static void guarded(Runnable task) {
        try {
            task.run();
        } catch (Throwable e) { // errors too: for want of memory perhaps, and the next task needs less
            LOG.log(Level.ERROR, "a loop of the Python workers met a problem, and goes on", e);
        }
    }
}

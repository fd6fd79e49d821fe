package io.gangway.python.loop;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One thread that waits for channels, for tasks of other threads, and for timers, and runs their callbacks one after another.
 *
 * <p>An exception of a task, a timer or a channel's callback is logged, and stops nothing else. A task that {@link #execute} has accepted
 * runs, even while the loop is ending.
 *
 * <p>{@link #register}, {@link #schedule} and {@link #repeat} are for the loop's own thread, and before its start for any thread.
 * {@link #execute}, {@link #executeAlways}, {@link #executeAfterReading} and {@link #stop} are for all threads, {@link #settle} for all
 * but the loop's own.
 */
public final class EventLoop {
    /** How long {@link #stop} and {@link #settle} wait for the thread: tasks do not block, but a log or a file system may be slow. */
    private static final Duration STOPPING = Duration.ofSeconds(5);

    /** Rounds that may fail in a row before the loop regards its selector as broken. */
    private static final int MAX_FAILURES = 10;

    /** Pause after a failed round, times the number of failed rounds in a row. Memory or descriptors may be available again by then. */
    private static final Duration PAUSE = Duration.ofMillis(20);

    /** Tasks of one round: threads that add tasks without a pause must keep the loop neither from its channels nor from its stop. */
    private static final int MAX_TASKS = 1024;

    /** The longest delay in nanoseconds: 146 years, half of the range in which two values of the clock can be compared. */
    private static final long LONGEST_DELAY = Long.MAX_VALUE / 2;

    private static final Logger LOG = LoopLogger.of("io.gangway.python");

    private final Selector selector;
    private final Runnable failed;
    private final LogWriter writer;
    private final Thread thread;
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final Queue<Runnable> afterReading = new ArrayDeque<>();
    private final PriorityQueue<Timer> timers = new PriorityQueue<>((a, b) -> Long.compare(a.due - b.due, 0));
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private volatile boolean isStopped;
    /** Set when the loop ends: tasks that were added before still run, later ones are refused. */
    private volatile boolean isRefusing;

    /** A task that is due at a time, once or repeatedly. */
    private static final class Timer {
        private final Runnable task;
        /** Nanoseconds until the next time; 0 if there is none. */
        private final long interval;

        private long due;

        Timer(long delay, long interval, Runnable task) {
            this.due = System.nanoTime() + delay;
            this.interval = interval;
            this.task = task;
        }

        long dueIn() {
            return due - System.nanoTime();
        }
    }

    /**
     * A loop that does not run yet; {@link #stop} frees what it holds, whether it has run or not.
     *
     * @param name of its thread
     * @param deployment each entry of the loop's thread begins with it; empty if there is none
     * @param failed called on the loop's thread if the selector fails for good: the loop ends, as if it had been stopped
     * @throws IOException if the system has no selector to give
     */
    public EventLoop(String name, String deployment, Runnable failed) throws IOException {
        this(name, deployment, failed, Selector.open());
    }

    EventLoop(String name, String deployment, Runnable failed, Selector selector) {
        this.selector = selector;
        this.failed = failed;
        writer = new LogWriter(name + "-log", deployment);
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

    /** The log writer of the loop whose thread is the current one; null on any other thread. */
    static @Nullable LogWriter writer() {
        return Thread.currentThread() instanceof LoopThread loop ? loop.writer : null;
    }

    /** Starts the loop's threads. To be called once. */
    public void start() {
        writer.start();
        thread.start();
    }

    /**
     * Whether the caller's thread is the loop's own.
     *
     * @return true within the loop's callbacks
     */
    public boolean isCurrent() {
        return Thread.currentThread() == thread;
    }

    /**
     * Runs a task soon.
     *
     * @param task runs once, if it is accepted
     * @return false if the loop has ended: the task will never run then
     */
    public boolean execute(Runnable task) {
        tasks.add(task);
        if (isRefusing && tasks.remove(task)) { // a task that is not in the queue any more has been run by finish()
            return false;
        }
        if (!isCurrent()) {
            selector.wakeup();
        }
        return true;
    }

    /**
     * Runs a task soon; if the loop has ended, at once and on the caller's thread.
     *
     * @param task runs once
     */
    public void executeAlways(Runnable task) {
        if (!execute(task)) {
            guarded(task);
        }
    }

    /**
     * Runs a task after one more pass of the selector: by then, bytes that came over the channels before this call have been read, and
     * channels whose keys were cancelled can be registered again.
     *
     * @param task runs once, if it is accepted
     * @return false if the loop has ended: the task will never run then
     */
    public boolean executeAfterReading(Runnable task) {
        return execute(() -> afterReading.add(task));
    }

    /**
     * Runs a task later.
     *
     * @param delay from now
     * @param task dropped if the loop has ended by then
     */
    public void schedule(Duration delay, Runnable task) {
        timers.add(new Timer(nanos(delay), 0, task));
    }

    /**
     * Runs a task repeatedly, also after it has thrown.
     *
     * @param interval from the end of one run to the next, and before the first; above zero
     * @param task runs as long as the loop does
     */
    public void repeat(Duration interval, Runnable task) {
        timers.add(new Timer(nanos(interval), nanos(interval), task));
    }

    private static long nanos(Duration delay) {
        return delay.compareTo(Duration.ofNanos(LONGEST_DELAY)) > 0 ? LONGEST_DELAY : delay.toNanos();
    }

    /**
     * Calls back whenever a channel has bytes to read, a connection to accept, or has ended.
     *
     * @param channel becomes non-blocking
     * @param operation of {@link SelectionKey}
     * @param ready called in each round in which the channel is ready
     * @return the key, to cancel the registration or to ask for other operations
     * @throws IOException if the channel is closed
     */
    public SelectionKey register(SelectableChannel channel, int operation, Runnable ready) throws IOException {
        channel.configureBlocking(false);
        return channel.register(selector, operation, ready);
    }

    /** Returns when the loop has run the tasks that were waiting and read the bytes that had arrived, or when the loop has ended. */
    public void settle() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        if (executeAfterReading(() -> done.complete(null))) {
            awaitFirst(done, ended);
        }
    }

    private void awaitFirst(CompletableFuture<?>... events) {
        try {
            CompletableFuture.anyOf(events).get(STOPPING.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            LOG.log(
                    Level.WARNING,
                    () -> thread.getName() + " is still busy after " + STOPPING.toSeconds()
                            + " s, and is not waited for any longer. Fix: take a thread dump (jstack), which shows the call that"
                            + " blocks this thread");
        }
    }

    /**
     * Ends the loop after the current task and the tasks that it has accepted; timers are dropped. Returns when the loop's threads have
     * ended, or after {@link #STOPPING} if a call blocks one of them for longer. On the loop's own thread, it does not wait.
     */
    public void stop() {
        isStopped = true;
        if (thread.getState() == Thread.State.NEW) {
            finish();
        }
        selector.wakeup();
        if (Thread.currentThread() == thread) {
            return;
        }
        if (!Threads.join(thread, STOPPING)) {
            LOG.log(
                    Level.WARNING,
                    () -> thread.getName() + " has not ended within " + STOPPING.toSeconds()
                            + " s, and is left behind. Fix: take a thread dump (jstack), which shows the call that blocks this"
                            + " thread");
        }
        writer.close();
    }

    private void run() {
        try {
            int failures = 0;
            while (!isStopped && failures < MAX_FAILURES) {
                failures = isRoundDone(failures + 1) ? 0 : failures + 1;
            }
        } finally {
            finish();
        }
    }

    /** Runs one round. Tasks and timers run even if the selector fails. */
    private boolean isRoundDone(int attempt) {
        try {
            round();
            return true;
        } catch (Throwable e) { // errors too: memory may be short now, and available again after the pause
            report(
                    "a loop of the Python workers could not select its channels, attempt " + attempt + " of "
                            + MAX_FAILURES,
                    e);
            Threads.sleep(PAUSE.multipliedBy(attempt));
            return false;
        }
    }

    private void round() throws IOException {
        int due = afterReading.size();
        try {
            select(due == 0);
            for (; due > 0; due--) {
                guarded(afterReading.remove());
            }
        } finally {
            runTasks(MAX_TASKS);
            runTimers();
        }
    }

    /** Runs the tasks that were accepted. Later ones are refused, and {@link #execute} tells its caller so. */
    private void finish() {
        boolean hasFailed = !isStopped;
        isRefusing = true;
        try {
            runTasks(Long.MAX_VALUE);
            select(false);
        } catch (Throwable e) {
            report("a loop of the Python workers could not select its channels once more before it ended", e);
        } finally {
            while (!afterReading.isEmpty()) {
                guarded(afterReading.remove());
            }
            if (hasFailed) {
                guarded(failed);
            }
            guarded(this::closeSelector);
            ended.complete(null);
        }
    }

    private void closeSelector() {
        try {
            selector.close();
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "closing a loop's selector", e);
        }
    }

    private void runTasks(long max) {
        for (long count = 0; count < max; count++) {
            Runnable task = tasks.poll();
            if (task == null) {
                return;
            }
            guarded(task);
        }
    }

    private void runTimers() {
        for (Timer timer = timers.peek(); timer != null && timer.dueIn() <= 0; timer = timers.peek()) {
            timers.remove();
            guarded(timer.task);
            if (timer.interval > 0) {
                timer.due = System.nanoTime() + timer.interval;
                timers.add(timer);
            }
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

    /** Runs a task whose failure must not end the loop. */
    private static void guarded(Runnable task) {
        try {
            task.run();
        } catch (Throwable e) { // errors too: memory may be short, and the next task may need less
            report("a task of the Python workers' event loop failed; the loop goes on", e);
        }
    }

    private static void report(String what, Throwable problem) {
        try {
            LOG.log(Level.ERROR, what, problem);
        } catch (Throwable e) {
            // There is no memory even for this entry; the loop must go on all the same.
        }
    }
}

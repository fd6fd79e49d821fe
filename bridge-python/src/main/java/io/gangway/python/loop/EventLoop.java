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
 * One thread that waits for channels, for tasks of other threads, and for the clock; all it runs, it runs one after another.
 *
 * <p>What a task, a timer or a channel's callback throws is logged, and ends nothing else. A task that {@link #execute} has accepted runs:
 * also when the loop is ending.
 *
 * <p>{@link #register}, {@link #schedule} and {@link #repeat} are for the loop's own thread, or anybody's before its start; the rest is
 * for any other thread, {@link #execute}, {@link #executeAfterReading} and {@link #stop} for all.
 */
public final class EventLoop {
    /** How long {@link #stop} and {@link #settle} wait for the thread: tasks do not wait, but a log or a file system may be slow. */
    private static final Duration STOPPING = Duration.ofSeconds(5);

    /** Rounds that may fail one after another, before the selector is taken for broken. */
    private static final int MOST_FAILURES = 10;

    /** After a round that failed; as often again as rounds have failed. Memory or descriptors may be there again by then. */
    private static final Duration PAUSE = Duration.ofMillis(20);

    /** The longest delay, half of what the clock can tell apart; 146 years are as good as for ever. */
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
    /** Tasks that were added before are run; later ones are refused. */
    private volatile boolean isRefusing;

    /** Something to do at a time, once or again and again. */
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
     * @param failed called on the loop's thread if the selector fails for good: the loop ends, as if it had been stopped
     * @throws IOException if the system has no selector to give
     */
    public EventLoop(String name, Runnable failed) throws IOException {
        this(name, failed, Selector.open());
    }

    EventLoop(String name, Runnable failed, Selector selector) {
        this.selector = selector;
        this.failed = failed;
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
     * @param task runs once, if it is accepted
     * @return false if the loop has ended: the task will never run then
     */
    public boolean execute(Runnable task) {
        tasks.add(task);
        if (isRefusing && tasks.remove(task)) { // if it is not there any more, the loop's last look has found it
            return false;
        }
        if (Thread.currentThread() != thread) {
            selector.wakeup();
        }
        return true;
    }

    /**
     * Runs a task soon, in any case: on the caller's thread if the loop has ended.
     *
     * @param task runs once
     */
    public void executeAlways(Runnable task) {
        if (!execute(task)) {
            guarded(task);
        }
    }

    /**
     * Runs a task when the channels have been looked at once more: what came over them before this call is read then, and channels
     * whose keys were cancelled can be registered again.
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
     * Runs a task again and again, whatever it throws.
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
                            + " s, and is not waited for any longer. Fix: see in a thread dump what keeps it");
        }
    }

    /**
     * Ends the loop after what it is doing and the tasks that it has accepted; timers are dropped. Returns when its threads have ended,
     * but for a thread that is kept by something for longer than {@link #STOPPING}. On the loop's own thread, it does not wait.
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
                            + " s, and is left behind. Fix: see in a thread dump what keeps it");
        }
        writer.close();
    }

    private void run() {
        try {
            int failures = 0;
            while (!isStopped && failures < MOST_FAILURES) {
                failures = isRoundDone(failures + 1) ? 0 : failures + 1;
            }
        } finally {
            finish();
        }
    }

    /** Tasks and timers have their turn even if the selector fails. */
    private boolean isRoundDone(int attempt) {
        try {
            round();
            return true;
        } catch (Throwable e) { // errors too: for want of memory perhaps, and it may be there again
            report(
                    "a loop of the Python workers could not look at its channels, attempt " + attempt + " of "
                            + MOST_FAILURES,
                    e);
            Threads.sleep(PAUSE.multipliedBy(attempt));
            return false;
        }
    }

    private void round() throws IOException {
        int due = afterReading.size();
        try {
            letOthersRun();
            select(due == 0);
            for (; due > 0; due--) {
                guarded(afterReading.remove());
            }
        } finally {
            runTasks();
            runTimers();
        }
    }

    /** What was accepted runs, and what comes later is refused, so that whoever has given it can act. */
    private void finish() {
        boolean hasFailed = !isStopped;
        isRefusing = true;
        try {
            runTasks();
            select(false);
        } catch (Throwable e) {
            report("a loop of the Python workers could not look at its channels once more before it ended", e);
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

    /** One failing task must not take everything else with it. */
    private static void guarded(Runnable task) {
        try {
            task.run();
        } catch (Throwable e) { // errors too: for want of memory perhaps, and the next task needs less
            report("a loop of the Python workers met a problem, and goes on", e);
        }
    }

    private static void report(String what, Throwable problem) {
        try {
            LOG.log(Level.ERROR, what, problem);
        } catch (Throwable e) {
            // There is no memory even for this; what matters is that the loop goes on.
        }
    }
}

package io.gangway.servlet.watch;

import io.gangway.log.Logs;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Looks after the clients of one deployment at regular intervals, and tells applications what was found. A few threads of their own tell, because a Java application may work, or block,
 * in what it is told, and the other clients must be looked after all the same.
 *
 * <p>Thread-safe. The thread that looks begins with {@link #begin}; all threads end with {@link #close}.
 */
public final class Watch implements AutoCloseable {
    /** What is done at each interval. */
    @FunctionalInterface
    public interface Look {
        /**
         * Looks, without blocking.
         *
         * @throws Exception is logged, and the next look follows
         */
        void look() throws Exception;
    }

    /** How long {@link #close} waits for the threads: a look takes no time, but the machine may be busy, or an application. */
    private static final Duration ENDING = Duration.ofSeconds(5);

    /** Threads that tell applications; applications that block all of them are told later. */
    private static final int TELLING = 4;

    /** A thread that has had nothing to tell ends. */
    private static final Duration KEPT = Duration.ofSeconds(30);

    private static final Logger LOG = Logs.named("io.gangway.servlet");

    private final String name;
    private final Duration interval;
    private final Look look;
    private final AtomicBoolean isStarted = new AtomicBoolean();
    private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, this::thread);
    private final ThreadPoolExecutor telling = new ThreadPoolExecutor(
            TELLING, TELLING, KEPT.toSeconds(), TimeUnit.SECONDS, new LinkedBlockingQueue<>(), this::thread);

    /**
     * A watch that does not run yet.
     *
     * @param name of its threads
     * @param interval between two looks
     * @param look done by one thread
     */
    public Watch(String name, Duration interval, Look look) {
        this.name = name;
        this.interval = interval;
        this.look = look;
        telling.allowCoreThreadTimeOut(true);
        // After close() nobody is watched.
        timer.setRejectedExecutionHandler(new ThreadPoolExecutor.DiscardPolicy());
        telling.setRejectedExecutionHandler(new ThreadPoolExecutor.DiscardPolicy());
    }

    private Thread thread(Runnable task) {
        threads.removeIf(other -> other.getState() == Thread.State.TERMINATED);
        Thread made = new Thread(task, name);
        made.setDaemon(true);
        threads.add(made);
        return made;
    }

    /** Begins to look, unless it has begun. */
    @SuppressWarnings("FutureReturnValueIgnored") // a look catches everything, and close() ends the timer
    public void begin() {
        if (!isStarted.get() && isStarted.compareAndSet(false, true)) {
            timer.scheduleWithFixedDelay(
                    this::lookOnce, interval.toMillis(), interval.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private void lookOnce() {
        try {
            look.look();
        } catch (Throwable e) { // the next look must come all the same
            LOG.log(Level.ERROR, "a look of the thread " + name + " after clients failed; the next one follows", e);
        }
    }

    /**
     * Tells an application something, on another thread.
     *
     * @param what may block
     */
    public void tell(Runnable what) {
        telling.execute(() -> {
            try {
                what.run();
            } catch (Throwable e) { // the application's: nobody else hears of it
                LOG.log(Level.ERROR, "an application failed while it was told of its client", e);
            }
        });
    }

    /**
     * Looks no more, and tells what is still to be told. Returns when the threads have ended, because a container that removes the web application takes its classes away afterwards; an
     * application that blocks is interrupted after a while, and left behind if that does not help.
     */
    @Override
    public void close() {
        timer.shutdownNow();
        telling.shutdown();
        try {
            if (!telling.awaitTermination(ENDING.toMillis(), TimeUnit.MILLISECONDS)) {
                telling.shutdownNow();
            }
            long deadline = System.nanoTime() + ENDING.toNanos();
            for (Thread running : threads) { // executors say that they have ended while their threads still run
                running.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime())));
            }
            if (threads.stream().anyMatch(Thread::isAlive)) {
                LOG.log(
                        Level.WARNING,
                        () -> name + " has not ended within " + ENDING.toSeconds()
                                + " s, and is left behind. Fix: take a thread dump (jstack), which shows the call that blocks this thread");
            }
        } catch (InterruptedException e) {
            telling.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}

package io.gangway.servlet;

import io.gangway.log.Logs;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Looks after the clients of suspended requests, because containers do not tell everything: a client that sends or takes its bytes too slowly, and one that leaves while
 * its application is silent, if that application wants to know.
 *
 * <p>One thread for each deployment looks; it begins with the first suspended request and ends with {@link #close}. What it finds is told by a few others, because a Java
 * application may work, or block, in what it is told.
 */
final class ClientWatch implements AutoCloseable {
    /** A client that has left is to be noticed within five seconds. */
    private static final Duration INTERVAL = Duration.ofSeconds(1);

    /** How long {@link #close} waits for the threads: a look takes no time, but the machine may be busy. */
    private static final Duration ENDING = Duration.ofSeconds(5);

    private static final String THREAD = "gangway-clients";

    /** Threads that tell applications; applications that block all of them are told later. */
    private static final int TELLING = 4;

    /** A thread that has had nothing to tell ends. */
    private static final Duration KEPT = Duration.ofSeconds(30);

    private static final Logger LOG = Logs.named("io.gangway.servlet");

    private final Optional<DataRate> minDataRate;
    private final Set<NonBlockingWire> wires = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean isStarted = new AtomicBoolean();
    private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, this::thread);
    private final ThreadPoolExecutor telling = new ThreadPoolExecutor(
            TELLING, TELLING, KEPT.toSeconds(), TimeUnit.SECONDS, new LinkedBlockingQueue<>(), this::thread);

    /**
     * A watch that does not run yet.
     *
     * @param minDataRate bytes per second that a client must send or take; 0 for any
     */
    ClientWatch(long minDataRate) {
        this.minDataRate = minDataRate == 0 ? Optional.empty() : Optional.of(new DataRate(minDataRate));
        telling.allowCoreThreadTimeOut(true);
        // After close() nobody is watched.
        timer.setRejectedExecutionHandler(new ThreadPoolExecutor.DiscardPolicy());
        telling.setRejectedExecutionHandler(new ThreadPoolExecutor.DiscardPolicy());
    }

    private Thread thread(Runnable task) {
        threads.removeIf(other -> other.getState() == Thread.State.TERMINATED);
        Thread made = new Thread(task, THREAD);
        made.setDaemon(true);
        threads.add(made);
        return made;
    }

    /** Tells an application something, on another thread. */
    void tell(Runnable what) {
        telling.execute(() -> {
            try {
                what.run();
            } catch (Throwable e) { // the application's: nobody else hears of it
                LOG.log(Level.ERROR, "an application failed while it was told of its client", e);
            }
        });
    }

    /** Watches a request until {@link #remove}. */
    @SuppressWarnings("FutureReturnValueIgnored") // a look catches everything, and close() ends the timer
    void add(NonBlockingWire wire) {
        wires.add(wire);
        if (isStarted.compareAndSet(false, true)) {
            timer.scheduleWithFixedDelay(this::look, INTERVAL.toMillis(), INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    void remove(NonBlockingWire wire) {
        wires.remove(wire);
    }

    private void look() {
        try {
            long now = System.nanoTime();
            List<NonBlockingWire> silent = new ArrayList<>();
            for (NonBlockingWire wire : wires) {
                if (!endIfTooSlow(wire, now) && wire.isSilentSince(now - INTERVAL.toNanos())) {
                    silent.add(wire);
                }
            }
            if (!silent.isEmpty()) {
                Connections open = Connections.now();
                silent.forEach(wire -> wire.look(open));
            }
        } catch (Throwable e) { // the next look must come all the same
            LOG.log(Level.ERROR, "a look after slow clients failed; the next one follows", e);
        }
    }

    /** The others must be looked after, whatever one application does when it is told. */
    private boolean endIfTooSlow(NonBlockingWire wire, long now) {
        try {
            return minDataRate.filter(min -> wire.endIfTooSlow(now, min)).isPresent();
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "the look after one slow client failed; the others follow", e);
            return true;
        }
    }

    /** Returns when the threads have ended: a container that removes the web application takes its classes away afterwards. */
    @Override
    public void close() {
        timer.shutdownNow();
        telling.shutdownNow();
        try {
            long deadline = System.nanoTime() + ENDING.toNanos();
            for (Thread running : threads) { // executors say that they have ended while their threads still run
                running.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime())));
            }
            if (threads.stream().anyMatch(Thread::isAlive)) {
                LOG.log(
                        Level.WARNING,
                        () -> THREAD + " has not ended within " + ENDING.toSeconds()
                                + " s, and is left behind. Fix: take a thread dump (jstack), which shows the call that blocks this thread");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

package io.gangway.it.contract;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.net.URLEncoder;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The events of one case's application, in order, and gates at which it waits until the test opens them.
 *
 * <p>Thread-safe: the application writes, the journal's reader reads.
 */
public final class Run {
    /** Max wait for an event or a gate; far longer than a healthy server needs. */
    static final long MAX_WAIT_NANOS = TimeUnit.SECONDS.toNanos(8);

    private final List<String> events = new ArrayList<>();
    private final Set<String> open = new HashSet<>();

    /** Notes an event, for example {@code read failed}; the details are encoded, because they may be any text. */
    public synchronized void note(String event, String details) {
        events.add(event + " " + URLEncoder.encode(details, ISO_8859_1));
        notifyAll();
    }

    /** Notes an event without details. */
    public void note(String event) {
        note(event, "");
    }

    /** Opens a gate, for all threads that wait at it now or later. */
    public synchronized void release(String gate) {
        open.add(gate);
        notifyAll();
    }

    /**
     * Waits at a gate.
     *
     * @throws IllegalStateException if it is not opened in time
     */
    public synchronized void hold(String gate) {
        long deadline = System.nanoTime() + MAX_WAIT_NANOS;
        try {
            while (!open.contains(gate)) {
                if (!waitUntil(deadline)) {
                    throw new IllegalStateException("the gate was not opened in time: " + gate);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted at the gate " + gate, e);
        }
    }

    /** Waits until an event has come so often, or the max wait is over, and returns all events. */
    synchronized String awaitEvents(String event, long times) throws InterruptedException {
        long deadline = System.nanoTime() + MAX_WAIT_NANOS;
        while (events.stream().filter(e -> e.startsWith(event + " ")).count() < times) {
            if (!waitUntil(deadline)) {
                break;
            }
        }
        return String.join("\n", events);
    }

    private boolean waitUntil(long deadline) throws InterruptedException {
        long nanos = deadline - System.nanoTime();
        if (nanos <= 0) {
            return false;
        }
        TimeUnit.NANOSECONDS.timedWait(this, nanos);
        return true;
    }

    /** A body that notes each step and its closing, and whether the closing thread is the iterating one (W65). */
    public Iterable<byte[]> body(Iterable<byte[]> blocks) {
        return new Body(blocks, null);
    }

    /** The same, with a {@code close()} that throws. */
    public Iterable<byte[]> bodyFailingToClose(Iterable<byte[]> blocks, RuntimeException failure) {
        return new Body(blocks, failure);
    }

    private final class Body implements Iterable<byte[]>, AutoCloseable {
        private final Iterable<byte[]> blocks;
        private final @Nullable RuntimeException failure;
        private @Nullable Thread iterating;

        Body(Iterable<byte[]> blocks, @Nullable RuntimeException failure) {
            this.blocks = blocks;
            this.failure = failure;
            note("body");
        }

        @Override
        public Iterator<byte[]> iterator() {
            iterating = Thread.currentThread();
            note("iterate");
            return blocks.iterator();
        }

        @Override
        public void close() {
            boolean sameThread = iterating == null || iterating == Thread.currentThread();
            note("close", sameThread ? "same thread" : "other thread");
            if (failure != null) {
                throw failure;
            }
        }
    }
}

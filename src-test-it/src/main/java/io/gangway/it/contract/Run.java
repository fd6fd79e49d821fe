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
 * What one case's application saw and did: events in order, and gates that hold it until the test says go.
 *
 * <p>Thread-safe: the application writes, the journal's reader reads.
 */
public final class Run {
    /** How long anything waits for anything; far beyond what a healthy server needs. */
    static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(8);

    private final List<String> events = new ArrayList<>();
    private final Set<String> open = new HashSet<>();

    /** Remembers an event, such as {@code read failed}; the details are encoded, for they may be anything. */
    public synchronized void note(String event, String details) {
        events.add(event + " " + URLEncoder.encode(details, ISO_8859_1));
        notifyAll();
    }

    /** Remembers an event without details. */
    public void note(String event) {
        note(event, "");
    }

    /** Lets whoever waits at a gate pass, now and later. */
    public synchronized void release(String gate) {
        open.add(gate);
        notifyAll();
    }

    /**
     * Waits at a gate.
     *
     * @throws IllegalStateException if nobody opens it
     */
    public synchronized void hold(String gate) {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        try {
            while (!open.contains(gate)) {
                if (!waitUntil(deadline)) {
                    throw new IllegalStateException("nobody opened the gate " + gate);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted at the gate " + gate, e);
        }
    }

    /** Waits until an event has come so often, or patience is over, and tells all events. */
    synchronized String awaitEvents(String event, long times) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
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

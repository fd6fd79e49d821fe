package io.gangway.python.dispatch;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The requests that wait for a connection, in their order of arrival: at most so many, and each for at most so long.
 *
 * <p>Knows no worker, no loop and no lock: the {@link Dispatcher}'s lock guards it, and its caller gives the time, as a value of {@link System#nanoTime}.
 */
final class WaitingLine {
    private final Deque<Waiting> queue = new ArrayDeque<>();
    private final int size;
    private final Duration timeout;

    /** A request, and when it will have waited for too long. */
    private record Waiting(Claim claim, long deadline) {}

    /**
     * An empty line.
     *
     * @param size how many requests may wait
     * @param timeout how long one may wait
     */
    WaitingLine(int size, Duration timeout) {
        this.size = size;
        this.timeout = timeout;
    }

    boolean isEmpty() {
        return queue.isEmpty();
    }

    int length() {
        return queue.size();
    }

    /**
     * Adds a request at the end. Returns why it may not wait, or null.
     *
     * @param soon how many of those that wait get a connection as soon as it is open
     */
    @Nullable
    RefusedException add(Claim claim, long now, int soon) {
        if (queue.size() - (long) soon >= size) {
            return new RefusedException("all workers are busy, and " + (queue.size() - soon)
                    + " requests wait already, as many as gangway.queue-size allows");
        }
        queue.add(new Waiting(claim, now + timeout.toNanos()));
        return null;
    }

    /** Removes a request that gives up. Returns whether it was there. */
    boolean remove(Claim claim) {
        return queue.removeIf(waiting -> waiting.claim() == claim);
    }

    /** Removes the request that has waited longest, of at least one. */
    Claim next() {
        return queue.remove().claim();
    }

    /** Removes the requests that have waited for too long. */
    List<Claim> late(long now) {
        List<Claim> late = new ArrayList<>();
        while (!queue.isEmpty() && queue.element().deadline() - now <= 0) {
            late.add(queue.remove().claim());
        }
        return late;
    }

    /** Why late requests are refused. */
    RefusedException lateness() {
        return new RefusedException(
                "no worker became free within the " + timeout.toMillis() + " ms of gangway.queue-timeout");
    }

    /** Nanoseconds until the next request will be late; 0 if none waits. */
    long nextIsLateIn(long now) {
        return queue.isEmpty() ? 0 : Math.max(1, queue.element().deadline() - now);
    }

    /** Removes all requests. */
    List<Claim> clear() {
        List<Claim> all = queue.stream().map(Waiting::claim).toList();
        queue.clear();
        return all;
    }
}

package io.gangway.servlet;

import io.gangway.log.Logs;
import io.gangway.servlet.watch.Connections;
import io.gangway.servlet.watch.Watch;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Looks after the clients of suspended requests, because containers do not tell everything: a client that sends or takes its bytes too slowly, and one that leaves while
 * its application is silent, if that application wants to know.
 */
final class ClientWatch implements AutoCloseable {
    /** A client that has left is to be noticed within five seconds. */
    private static final Duration INTERVAL = Duration.ofSeconds(1);

    private static final Logger LOG = Logs.named("io.gangway.servlet");

    private final Optional<DataRate> minDataRate;
    private final Set<NonBlockingWire> wires = ConcurrentHashMap.newKeySet();
    private final Watch watch = new Watch("gangway-clients", INTERVAL, this::look);

    /**
     * A watch that does not run yet.
     *
     * @param minDataRate bytes per second that a client must send or take; 0 for any
     */
    ClientWatch(long minDataRate) {
        this.minDataRate = minDataRate == 0 ? Optional.empty() : Optional.of(new DataRate(minDataRate));
    }

    /** Tells an application something, on another thread. */
    void tell(Runnable what) {
        watch.tell(what);
    }

    /** Watches a request until {@link #remove}. */
    void add(NonBlockingWire wire) {
        wires.add(wire);
        watch.begin();
    }

    void remove(NonBlockingWire wire) {
        wires.remove(wire);
    }

    private void look() {
        long now = System.nanoTime();
        Connections open = new Connections();
        List<NonBlockingWire> silent = new ArrayList<>();
        for (NonBlockingWire wire : wires) {
            if (!endIfTooSlow(wire, now, open) && wire.isSilentSince(now - INTERVAL.toNanos())) {
                silent.add(wire);
            }
        }
        silent.forEach(wire -> wire.look(open));
    }

    /** The others must be looked after, whatever happens with one. */
    private boolean endIfTooSlow(NonBlockingWire wire, long now, Connections open) {
        try {
            return minDataRate.filter(min -> wire.endIfTooSlow(now, min, open)).isPresent();
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "the look after one slow client failed; the others follow", e);
            return true;
        }
    }

    /** Waits until all requests have ended, or until a time of {@link System#nanoTime}. */
    void awaitNone(long deadline) {
        try {
            while (!wires.isEmpty() && System.nanoTime() - deadline < 0) {
                TimeUnit.MILLISECONDS.sleep(10);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ends the requests that the application has not ended at its stop: no container does so for all of them. */
    @Override
    public void close() {
        for (NonBlockingWire wire : wires) {
            try {
                wire.giveUp();
            } catch (RuntimeException | LinkageError e) { // the container has ended it, or removed the classes
                LOG.log(Level.DEBUG, "a request that was open at the stop could not be ended", e);
            }
        }
        watch.close();
    }
}

package io.gangway.servlet;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A suspended request of the container: whether it may still be touched, by whom, and how it ends.
 *
 * <p>Containers use the objects of a request again for the next one, so the rules of this class decide whether answers can cross:
 *
 * <ol>
 *   <li>The request is OPEN, ENDED (by us) or GONE (by the container). Each access to a container's object holds the {@link #lock}, and has seen OPEN under it.
 *   <li>{@code onDataAvailable}, {@code onAllDataRead} and {@code onWritePossible} never wait for the lock: Tomcat holds a lock of its own while it calls them. They set a
 *       signal; whoever holds the lock looks at the signals after it has unlocked. Jetty calls them within our own {@code isReady()}: then the signal is all.
 *   <li>{@code onError} and {@code onTimeout} wait for the lock, for a bounded time, and then complete the request; {@code onComplete} takes no lock. After ENDED or GONE the
 *       asynchronous context is not touched either, except for an end that failed and is owed.
 * </ol>
 */
final class Suspension {
    private static final String BROKEN_OFF = "io.gangway.servlet.brokenOff";

    /** How long an error waits for a thread that uses the request: that thread does not block, but may be off the processor. */
    private static final long LOCK_MILLIS = 1_000;

    private enum State {
        OPEN,
        ENDED,
        GONE
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final HttpServletRequest request;
    private final HttpServletResponse response;
    private final AsyncContext context;
    private final Container container;
    private volatile State state = State.OPEN; // written under the lock, except by endedByContainer
    private volatile @Nullable Thread callback;

    // Guarded by the lock.
    private boolean isEndOwed;
    private @Nullable IOException callbackFailure;

    private Suspension(
            HttpServletRequest request, HttpServletResponse response, AsyncContext context, Container container) {
        this.request = request;
        this.response = response;
        this.context = context;
        this.container = container;
    }

    /** Suspends a request. To be called within {@code service()}, once. */
    static Suspension of(HttpServletRequest request, HttpServletResponse response, Container container) {
        return new Suspension(request, response, SuspendedRequest.suspend(request, response, container), container);
    }

    void listen(AsyncListener listener) {
        context.addListener(listener);
    }

    /** Whether a suspended request was dispatched again for the exception that only {@code service} can throw. */
    static boolean isToBeBrokenOff(HttpServletRequest request) {
        return request.getDispatcherType() == DispatcherType.ASYNC && request.getAttribute(BROKEN_OFF) != null;
    }

    /** What each access to the request's objects holds. */
    ReentrantLock lock() {
        return lock;
    }

    /** Whether the request's objects may be touched; true is worth something only under the lock. */
    boolean isOpen() {
        return state == State.OPEN;
    }

    // How we end it, under the lock.

    /** Ends it cleanly. */
    void complete() {
        state = State.ENDED;
        end(context::complete);
    }

    /**
     * Breaks it off: only an exception of {@code service()} makes both containers close the connection without a clean end (W68). While Tomcat stops the web application, it
     * dispatches no request to it, so that there the end itself has to fail.
     */
    void breakOff() {
        state = State.ENDED;
        request.setAttribute(BROKEN_OFF, true);
        if (container == Container.TOMCAT && response.isCommitted()) {
            BrokenOffException.failEnd(response, new BrokenOffException());
        }
        try {
            end(context::dispatch);
        } catch (UnsupportedOperationException e) { // Tomcat has no dispatcher any more
            end(context::complete);
        }
    }

    /** Ends it after a write has failed. Within a callback, the container gets the exception and calls {@code onError} for it, to which the end is owed then. */
    void failed(IOException problem) {
        if (Thread.currentThread() == callback) {
            state = State.ENDED;
            callbackFailure = problem;
            isEndOwed = true;
        } else {
            complete();
        }
    }

    /** The container may be about to report an error, and refuse: then the end is owed to that report. */
    private void end(Runnable how) {
        try {
            how.run();
        } catch (UnsupportedOperationException e) {
            throw e;
        } catch (RuntimeException e) { // usually an IllegalStateException
            isEndOwed = true;
        }
    }

    // How the container ends it.

    /**
     * The container has found an error or a timeout, and waits for the request to be completed.
     *
     * @param last runs under the lock, if the request was open until now: its objects may be touched for the last time
     * @return whether it was open
     */
    boolean gone(Runnable last) {
        boolean wasOpen = false;
        boolean isOwed = false;
        boolean isLocked = lockForReport();
        try {
            wasOpen = state == State.OPEN;
            isOwed = isEndOwed;
            isEndOwed = false;
            if (wasOpen) {
                state = State.GONE;
                last.run();
            }
        } finally {
            if (isLocked) {
                lock.unlock();
            }
        }
        if (wasOpen || isOwed) {
            try {
                context.complete();
            } catch (IllegalStateException e) {
                // the container has completed it
            }
        }
        return wasOpen;
    }

    /** Runs what a report of the container says, under the lock if it can be had in time. */
    void reported(Runnable report) {
        boolean isLocked = lockForReport();
        try {
            report.run();
        } finally {
            if (isLocked) {
                lock.unlock();
            }
        }
    }

    private boolean lockForReport() {
        try {
            return lock.tryLock(LOCK_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** The container says that the request is over. Takes no lock: Tomcat holds one that {@code complete()} wants. Returns whether this comes as a surprise. */
    boolean endedByContainer() {
        boolean isSurprise = state == State.OPEN;
        if (isSurprise) {
            state = State.GONE;
        }
        return isSurprise;
    }

    /**
     * A callback of the container: the signal, and what follows from it.
     *
     * @param signal set first
     * @param following looks at the signals
     * @throws IOException of a write that failed meanwhile: it is the container's to know
     */
    void called(AtomicBoolean signal, Runnable following) throws IOException {
        signal.set(true);
        if (lock.isHeldByCurrentThread()) {
            return; // Jetty, within our isReady()
        }
        callback = Thread.currentThread();
        try {
            following.run();
        } finally {
            callback = null;
        }
        IOException failure = callbackFailure;
        if (failure != null) {
            callbackFailure = null;
            throw failure;
        }
    }
}

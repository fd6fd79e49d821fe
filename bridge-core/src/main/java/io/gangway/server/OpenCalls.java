package io.gangway.server;

import static java.util.Objects.requireNonNull;

import io.gangway.asgi.AsgiApplication;
import io.gangway.asgi.Receive;
import io.gangway.asgi.Scope;
import io.gangway.asgi.Send;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * An ASGI function whose calls are counted until their stages complete, which may be after the end of the exchange: what a call still does must not lose what the lifespan's
 * shutdown releases (A42).
 *
 * <p>Thread-safe.
 */
public final class OpenCalls implements AsgiApplication {
    private final AsgiApplication function;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition none = lock.newCondition();
    private int open; // guarded by the lock

    /**
     * Counts from now on.
     *
     * @param function gets the calls
     */
    public OpenCalls(AsgiApplication function) {
        this.function = requireNonNull(function, "function");
    }

    @Override
    public CompletionStage<Void> call(Scope scope, Receive receive, Send send) {
        change(1);
        CompletionStage<Void> returned = null;
        try {
            returned = function.call(scope, receive, send);
        } finally {
            if (returned == null) {
                change(-1);
            }
        }
        return returned == null ? returned : returned.whenComplete((nothing, problem) -> change(-1));
    }

    private void change(int by) {
        lock.lock();
        try {
            open += by;
            if (open == 0) {
                none.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until no call is open.
     *
     * @param time how long at most
     * @return how many calls are still open
     * @throws InterruptedException if the thread is interrupted while it waits
     */
    public int awaitNone(Duration time) throws InterruptedException {
        long left = time.toNanos();
        lock.lock();
        try {
            while (open > 0 && left > 0) {
                left = none.awaitNanos(left);
            }
            return open;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public String toString() {
        return function.toString();
    }
}

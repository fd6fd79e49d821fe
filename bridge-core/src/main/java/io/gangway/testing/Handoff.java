package io.gangway.testing;

import io.gangway.exchange.Outcome;
import io.gangway.exchange.ResponseHead;
import io.gangway.exchange.ResponseSink;
import io.gangway.wsgi.ClientException;
import io.gangway.wsgi.Header;
import java.io.EOFException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Lets a test and an application take turns: the application blocks in {@code commit} or {@code write} until the test asks for
 * more.
 *
 * <p>The application does not run ahead, so after a block a test sees exactly the effects of the application up to that block. The
 * lock guards the fields below, and is not held during I/O or callbacks.
 */
final class Handoff implements ResponseSink {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition turned = lock.newCondition();

    private boolean applicationsTurn = true;
    private boolean left;
    private @Nullable ResponseHead head;
    private byte @Nullable [] block;
    private @Nullable Outcome outcome;
    private volatile List<Header> trailers = List.of();

    @Override
    public void commit(ResponseHead committed) throws ClientException {
        lock.lock();
        try {
            head = committed;
            yieldTurn();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void write(byte[] data, int offset, int length, boolean flush) throws ClientException {
        byte[] copy = Arrays.copyOfRange(data, offset, offset + length);
        lock.lock();
        try {
            block = copy;
            yieldTurn();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void trailers(List<Header> given) {
        trailers = given;
    }

    /** The fields behind the body, at its end. */
    List<Header> trailers() {
        return trailers;
    }

    private void yieldTurn() throws ClientException {
        applicationsTurn = false;
        turned.signalAll();
        while (!applicationsTurn && !left) {
            turned.awaitUninterruptibly();
        }
        if (left) {
            throw new ClientException("the client left", new EOFException());
        }
    }

    /** Called once by the application's thread, at its end. */
    void end(Outcome ending) {
        lock.lock();
        try {
            outcome = ending;
            applicationsTurn = false;
            turned.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits for the head; empty if the client left before. */
    Optional<ResponseHead> head() throws InterruptedException {
        lock.lock();
        try {
            while (head == null && outcome == null) {
                turned.await();
            }
            return Optional.ofNullable(head);
        } finally {
            lock.unlock();
        }
    }

    /** Waits for the next block; empty at the end. */
    Optional<byte[]> next() throws InterruptedException {
        lock.lock();
        try {
            awaitTurn();
            if (block == null && outcome == null) {
                applicationsTurn = true;
                turned.signalAll();
                awaitTurn();
            }
            // A commit and its first block are two turns, in this order.
            Optional<byte[]> taken = Optional.ofNullable(block);
            block = null;
            return taken;
        } finally {
            lock.unlock();
        }
    }

    /** How the exchange ended; empty if it has not. */
    Optional<Outcome> outcome() {
        lock.lock();
        try {
            return Optional.ofNullable(outcome);
        } finally {
            lock.unlock();
        }
    }

    /** Makes everything fail that the application sends from now on. */
    void leave() {
        lock.lock();
        try {
            left = true;
            turned.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void awaitTurn() throws InterruptedException {
        while (applicationsTurn) {
            turned.await();
        }
    }
}

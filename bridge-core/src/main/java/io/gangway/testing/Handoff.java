package io.gangway.testing;

import io.gangway.server.Outcome;
import io.gangway.server.ResponseHead;
import io.gangway.server.ResponseSink;
import io.gangway.wsgi.ClientException;
import java.io.EOFException;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Lets a test and an application take turns: the application stands still in {@code commit} or {@code write} until the
 * test asks for more.
 *
 * <p>Nothing runs ahead, so what a test sees after a block is what the application had done by then. The lock guards the
 * state below and is held across nothing else.
 */
final class Handoff implements ResponseSink {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition turned = lock.newCondition();

    private boolean applicationsTurn = true;
    private boolean left;
    private @Nullable ResponseHead head;
    private byte @Nullable [] block;
    private @Nullable Outcome outcome;

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

    /** The application's last act. */
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

    /** Waits for the head; there is one unless the client left before. */
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

    /** Waits for the next block; nothing at the end. */
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

    /** How the exchange ended, if it has. */
    Optional<Outcome> outcome() {
        lock.lock();
        try {
            return Optional.ofNullable(outcome);
        } finally {
            lock.unlock();
        }
    }

    /** Makes what the application sends from now on fail. */
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

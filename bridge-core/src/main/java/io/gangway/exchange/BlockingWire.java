package io.gangway.exchange;

import static java.util.Objects.requireNonNull;

import io.gangway.exchange.Outcome.Ending;
import io.gangway.wsgi.ClientException;
import io.gangway.wsgi.Header;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A wire of blocking streams, which one thread uses: the one that makes it.
 *
 * <p>On that thread its methods wait, and return when they are done. Other threads use it too, and never wait: they leave their reads and writes to the
 * thread, which does them in {@link #run}, one after the other: a read that waits for the client holds up the writes behind it. Events come from that thread. No
 * lock is held during I/O or an event.
 */
public final class BlockingWire implements Wire {
    /** Bytes that are read at once for another thread; containers give no more. */
    private static final int PIECE = 16 << 10;

    private final InputStream input;
    private final ResponseSink sink;
    private final Thread owner = Thread.currentThread();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    // Guarded by the lock.
    private final Deque<Runnable> tasks = new ArrayDeque<>(4);
    private byte[] piece = {};
    private int pieceFrom;
    private int pieceTo;
    private boolean isReading;
    private boolean isAtEnd;
    private @Nullable IOException readFailure;

    private @Nullable Events events;

    // Used by the owner alone.
    private @Nullable Ending ending;
    private boolean isLeft;
    /** Whether it was not the client that left: it may be there, and must see that its response is incomplete. */
    private boolean isBroken;

    /**
     * A wire for the current thread.
     *
     * @param input the request's body
     * @param sink where the response goes
     */
    public BlockingWire(InputStream input, ResponseSink sink) {
        this.input = input;
        this.sink = sink;
    }

    @Override
    public void attach(Events wanting) {
        events = wanting;
    }

    private Events events() {
        return requireNonNull(events);
    }

    private boolean isOwner() {
        return Thread.currentThread() == owner;
    }

    @Override
    public boolean isReadBlocking() {
        return isOwner();
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        lock.lock();
        try {
            if (pieceFrom < pieceTo) { // also for the owner: what was read for another thread comes first
                int count = Math.min(length, pieceTo - pieceFrom);
                System.arraycopy(piece, pieceFrom, target, offset, count);
                pieceFrom += count;
                return count;
            }
            if (readFailure != null) {
                throw readFailure;
            }
            if (isAtEnd) {
                return -1;
            }
        } finally {
            lock.unlock();
        }
        if (isOwner()) {
            return input.read(target, offset, length);
        }
        if (isFirstWant()) {
            later(this::readPiece);
        }
        return 0;
    }

    /** A piece that is on its way must not be overwritten by another one. */
    private boolean isFirstWant() {
        lock.lock();
        try {
            boolean isFirst = !isReading;
            isReading = true;
            return isFirst;
        } finally {
            lock.unlock();
        }
    }

    private void readPiece() {
        if (isLeft) {
            return; // the application has been told; a read could wait for ever
        }
        byte[] target = piece.length == 0 ? new byte[PIECE] : piece;
        int count = 0;
        IOException failure = null;
        try {
            count = input.read(target, 0, target.length);
        } catch (IOException e) {
            failure = e;
        } catch (RuntimeException e) { // the container's own
            failure = new IOException("the request's body could not be read", e);
        }
        lock.lock();
        try {
            isReading = false;
            piece = target;
            pieceFrom = 0;
            pieceTo = Math.max(0, count);
            isAtEnd = count < 0;
            readFailure = failure;
        } finally {
            lock.unlock();
        }
        events().readable();
    }

    @Override
    public void inputIsDone() {
        if (isOwner()) {
            sink.inputIsDone();
        } else {
            later(sink::inputIsDone);
        }
    }

    @Override
    public void head(ResponseHead head) throws ClientException {
        if (isOwner()) {
            sink.commit(head);
        } else {
            sink.check(head);
            later(() -> attempt(() -> sink.commit(head)));
        }
    }

    @Override
    public boolean write(byte[] data, int offset, int length, boolean flush) throws ClientException {
        if (isOwner()) {
            sink.write(data, offset, length, flush);
            return true;
        }
        later(() -> {
            if (attempt(() -> sink.write(data, offset, length, flush))) {
                events().writable();
            }
        });
        return false;
    }

    @Override
    public void trailers(List<Header> trailers) {
        sink.trailers(trailers);
    }

    @Override
    public void end(Ending how) {
        if (isOwner()) {
            ended(how);
        } else {
            later(() -> ended(how));
        }
    }

    private void ended(Ending how) {
        ending = isBroken ? Ending.BROKEN : isLeft ? Ending.CLIENT_LEFT : how;
        events().ended();
    }

    /** A step that fails if the client has left. */
    @FunctionalInterface
    private interface Sending {
        void run() throws ClientException;
    }

    /** Returns whether it was done; if not, the client has left. */
    private boolean attempt(Sending sending) {
        if (isLeft) {
            return false;
        }
        try {
            sending.run();
            return true;
        } catch (ClientException e) {
            left(e);
        } catch (RuntimeException e) { // the container's own; for the application it is the same
            isBroken = !isLeft;
            left(new ClientException("the response could not be written", e));
        }
        return false;
    }

    private void later(Runnable task) {
        lock.lock();
        try {
            tasks.add(task);
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Does what other threads ask for, until the exchange has ended. For the thread that made this wire. An interrupt of it counts for the application as a client
     * that leaves; the response is broken off then, because the client may still be there. The interrupt is restored when this returns.
     *
     * @return how the exchange ended
     */
    public Ending run() {
        while (ending == null) {
            step();
        }
        return ending;
    }

    /** Does one thing that another thread asks for, and waits for it if necessary. As {@link #run}; not to be called after the end. */
    public void step() {
        boolean isInterrupted = false;
        Runnable task = null;
        while (task == null && ending == null) { // leaving may end the exchange at once
            try {
                task = next();
            } catch (InterruptedException e) {
                isInterrupted = true;
                isBroken |= !isLeft;
                left(new ClientException("the server's thread was interrupted", interrupted(e)));
            }
        }
        try {
            if (task != null) {
                task.run();
            }
        } finally {
            if (isInterrupted) {
                owner.interrupt();
            }
        }
    }

    /**
     * Whether the exchange has ended. For the wire's thread.
     *
     * @return true after {@link Events#ended}
     */
    public boolean isEnded() {
        return ending != null;
    }

    /**
     * Gives the exchange up, as if the client had left: the application is told by the wire's thread, and still has to end it. Any thread may call
     * it, at any time.
     *
     * @param why the reason
     */
    public void leave(ClientException why) {
        if (isOwner()) {
            left(why);
        } else {
            later(() -> left(why));
        }
    }

    private void left(ClientException why) {
        if (isLeft || ending != null) {
            return;
        }
        isLeft = true;
        events().left(why);
    }

    private static IOException interrupted(InterruptedException e) {
        IOException cause = new InterruptedIOException();
        cause.initCause(e);
        return cause;
    }

    private Runnable next() throws InterruptedException {
        lock.lock();
        try {
            while (tasks.isEmpty()) {
                changed.await();
            }
            return tasks.remove();
        } finally {
            lock.unlock();
        }
    }
}

package io.gangway.exchange;

import static io.gangway.exchange.ResponseHead.UNKNOWN_LENGTH;

import io.gangway.wsgi.ClientException;
import io.gangway.wsgi.FileWrapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A file on its way: read and written piece by piece, whenever there is room, by one thread at a time.
 *
 * <p>Events may come while a piece is written, from another thread or within the write. They do not write: the thread that writes goes on.
 */
final class FileSending {
    /** Takes the pieces. */
    interface Target {
        /** Fails if the client has left. */
        void throwIfLeft() throws ClientException;

        /** Whether no further byte can reach the client. */
        boolean isSettled();

        /** Returns whether the array is free; if not, {@link #proceed} follows when it is. */
        boolean take(byte[] data, int length, boolean flush) throws ClientException;
    }

    private enum Turn {
        /** A thread writes. */
        WRITING,
        /** A thread writes, and there was an event meanwhile. */
        CALLED,
        /** No thread writes: the next event goes on. */
        WAITING,
        OVER
    }

    private final AtomicReference<Turn> turn = new AtomicReference<>(Turn.WRITING);
    private final InputStream source;
    private final Target target;
    private final Exchange.FileSent whenSent;
    private final boolean flush;
    private final byte[] buffer;
    private long left;

    /**
     * @param length how many bytes to send, or {@link ResponseHead#UNKNOWN_LENGTH} for all
     * @param flush whether each piece must reach the client at once
     */
    FileSending(InputStream source, long length, boolean flush, Target target, Exchange.FileSent whenSent) {
        this.source = source;
        this.target = target;
        this.whenSent = whenSent;
        this.flush = flush;
        left = length == UNKNOWN_LENGTH ? Long.MAX_VALUE : length;
        buffer = new byte[(int) Math.min(FileWrapper.DEFAULT_BLOCK_SIZE, left)];
    }

    /** Writes the first pieces. To be called once. */
    void begin() {
        do {
            turn.set(Turn.WRITING);
            Throwable failure = null;
            boolean isOver = true;
            try {
                isOver = isAllWritten();
            } catch (Throwable e) { // a stream of the application's may throw anything
                failure = e;
            }
            if (isOver) {
                turn.set(Turn.OVER);
                whenSent.sent(failure);
                return;
            }
        } while (!turn.compareAndSet(Turn.WRITING, Turn.WAITING));
    }

    /** There is room again, or the client has left. Returns false if that matters to the file no more. */
    boolean proceed() {
        while (turn.get() != Turn.OVER) {
            if (turn.compareAndSet(Turn.WAITING, Turn.WRITING)) {
                begin();
                return true;
            }
            if (turn.compareAndSet(Turn.WRITING, Turn.CALLED) || turn.get() == Turn.CALLED) {
                return true;
            }
        }
        return false;
    }

    private boolean isAllWritten() throws IOException {
        target.throwIfLeft();
        while (left > 0 && !target.isSettled()) {
            int count = source.read(buffer, 0, (int) Math.min(buffer.length, left));
            if (count < 0) {
                return true;
            }
            left -= count;
            if (!target.take(buffer, count, flush)) {
                return false;
            }
        }
        return true;
    }
}

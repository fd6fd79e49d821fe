package io.gangway.exchange;

import static io.gangway.exchange.ResponseHead.UNKNOWN_LENGTH;

import io.gangway.wsgi.ClientException;
import io.gangway.wsgi.FileWrapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

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

        /** Whether a direct buffer is better than an array. */
        boolean isDirectTaken();

        /** Takes all of the buffer, see {@link Wire#write(ByteBuffer, boolean)}. If it returns false, {@link #proceed} follows when there is room again. */
        boolean take(ByteBuffer data, boolean flush) throws ClientException;
    }

    /** Bytes after which other work of the same thread has its turn: a client that takes everything at once must not keep the thread. */
    static final int MAX_OF_ONE_TURN = 4 << 20;

    /** Bytes of a file below which an array is as good. */
    private static final int SMALL = 64 << 10;

    private static final DirectBuffers DIRECT = new DirectBuffers();

    private enum Turn {
        /** A thread writes. */
        WRITING,
        /** A thread writes, and there was an event meanwhile. */
        CALLED,
        /** No thread writes: the next event goes on. */
        WAITING,
        OVER
    }

    private enum Progress {
        ALL_WRITTEN,
        NO_ROOM,
        END_OF_TURN
    }

    private final AtomicReference<Turn> turn = new AtomicReference<>(Turn.WRITING);
    private final InputStream source;
    /** The file itself, where it is read into a direct buffer. */
    private final @Nullable FileChannel channel;

    private final Target target;
    private final FileTurns turns;
    private final FileSent whenSent;
    private final boolean flush;
    private ByteBuffer buffer;
    /** Whether the container has had the buffer, and may hold it unless all of its bytes were taken. */
    private boolean isBufferGiven;

    private long left;

    /**
     * @param remaining the body's own length, or {@link ResponseHead#UNKNOWN_LENGTH}
     * @param length how many bytes to send, or {@link ResponseHead#UNKNOWN_LENGTH} for all
     * @param flush whether each piece must reach the client at once
     */
    FileSending(
            FileWrapper body,
            long remaining,
            long length,
            boolean flush,
            Target target,
            FileTurns turns,
            FileSent whenSent) {
        this.source = body.source();
        this.target = target;
        this.turns = turns;
        this.whenSent = whenSent;
        this.flush = flush;
        long wanted = length == UNKNOWN_LENGTH ? Long.MAX_VALUE : length;
        FileChannel file =
                wanted >= SMALL && target.isDirectTaken() ? body.channel().orElse(null) : null;
        ByteBuffer direct = file == null ? null : DIRECT.take();
        channel = direct == null ? null : file;
        left = channel == null ? wanted : Math.min(wanted, remaining); // a section ends before its file does
        buffer = direct == null ? ByteBuffer.allocate((int) Math.min(FileWrapper.DEFAULT_BLOCK_SIZE, left)) : direct;
    }

    /** Writes pieces, as long as there is room. To be called once from outside. */
    void begin() {
        do {
            turn.set(Turn.WRITING);
            Throwable failure = null;
            Progress progress = Progress.ALL_WRITTEN;
            try {
                progress = write();
            } catch (Throwable e) { // a stream of the application's may throw anything
                failure = e;
            }
            if (progress == Progress.END_OF_TURN) {
                return; // another turn follows
            }
            if (progress == Progress.ALL_WRITTEN) {
                turn.set(Turn.OVER);
                release();
                whenSent.sent(failure);
                return;
            }
        } while (!turn.compareAndSet(Turn.WRITING, Turn.WAITING));
    }

    private void release() {
        if (isKept()) {
            DIRECT.lose(buffer);
        } else if (buffer.isDirect()) {
            DIRECT.giveBack(buffer);
        }
    }

    /** Whether the container may hold the direct buffer. */
    private boolean isKept() {
        return isBufferGiven && buffer.isDirect() && buffer.hasRemaining();
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

    private Progress write() throws IOException {
        target.throwIfLeft();
        long written = 0;
        while (left > 0 && !target.isSettled()) {
            if (written >= MAX_OF_ONE_TURN && turns.goOnLater(this::begin)) {
                return Progress.END_OF_TURN;
            }
            int count = read();
            if (count < 0) {
                return Progress.ALL_WRITTEN;
            }
            left -= count;
            written += count;
            isBufferGiven = true;
            if (!target.take(buffer, flush)) {
                return Progress.NO_ROOM;
            }
        }
        return Progress.ALL_WRITTEN;
    }

    /** Fills the buffer, perhaps not to its end. Returns how many bytes came; negative at the end. */
    private int read() throws IOException {
        if (isKept()) { // by a container that says that there is room
            DIRECT.lose(buffer);
            buffer = ByteBuffer.allocate(FileWrapper.DEFAULT_BLOCK_SIZE);
        }
        isBufferGiven = false;
        buffer.clear();
        int wanted = (int) Math.min(buffer.capacity(), left);
        int count = channel == null ? source.read(buffer.array(), 0, wanted) : channel.read(buffer.limit(wanted));
        buffer.position(0).limit(Math.max(0, count));
        return count;
    }
}

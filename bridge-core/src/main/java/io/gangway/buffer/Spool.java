package io.gangway.buffer;

import io.gangway.log.Logs;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Bytes on their way to somebody who takes them more slowly than they come: first in, first out. They are in memory, and if {@link #useFile} was called, behind that in a
 * {@linkplain TemporaryFile file without a name}.
 *
 * <p>It keeps all that it gets; whether it wants more is the result of {@link #append}. Not thread-safe.
 */
public final class Spool implements AutoCloseable {
    /** Bytes in memory: most pages, and what a kernel's send buffer holds. nginx keeps as much of a response. */
    public static final int MEMORY_LIMIT = 64 << 10;

    /** Bytes in the file: as nginx's {@code proxy_max_temp_file_size}. */
    public static final long FILE_LIMIT = 1L << 30;

    /** Bytes that are read from the file at once. */
    private static final int PIECE = 64 << 10;

    private static final Logger LOG = Logs.named("io.gangway.buffer");

    private final BodyStore store;
    private final Quota.Share disk;
    private final long fileLimit;

    /** What comes first. */
    private final Deque<byte[]> memory = new ArrayDeque<>();
    /** What comes after the file, because the file had no room for it. */
    private final Deque<byte[]> rest = new ArrayDeque<>();

    private long inMemory;
    private boolean isFileUsed;
    private @Nullable TemporaryFile file;
    private long readAt;
    private long writeAt;
    /** Bytes of the disk's quota. */
    private long taken;

    private @Nullable IOException failure;

    Spool(BodyStore store, Quota.Share disk, long fileLimit) {
        this.store = store;
        this.disk = disk;
        this.fileLimit = fileLimit;
    }

    /** From now on, what has no room in memory goes to a file; {@link #hasRoom} may be true then. */
    public void useFile() {
        isFileUsed = true;
        while (!rest.isEmpty() && isInFile(rest.element())) {
            rest.remove();
        }
    }

    /**
     * Whether {@link #useFile} was called.
     *
     * @return true after that
     */
    public boolean isFileUsed() {
        return isFileUsed;
    }

    /**
     * Whether nothing is left.
     *
     * @return true before the first {@link #append}, and when {@link #poll} has given all
     */
    public boolean isEmpty() {
        return memory.isEmpty() && readAt == writeAt && rest.isEmpty();
    }

    /**
     * Adds bytes at the end.
     *
     * @param block belongs to this object from now on
     * @return whether there is room for more; if not, {@link #hasRoom} tells when
     */
    public boolean append(byte[] block) {
        boolean isFirstInMemory = readAt == writeAt && rest.isEmpty();
        if (isFirstInMemory && (memory.isEmpty() || inMemory + block.length <= MEMORY_LIMIT)) {
            memory.add(block);
            inMemory += block.length;
        } else if (!rest.isEmpty() || !isInFile(block)) {
            rest.add(block);
        }
        return rest.isEmpty() && (isFileUsed || inMemory < MEMORY_LIMIT);
    }

    private boolean isInFile(byte[] block) {
        if (!isFileUsed || failure != null || writeAt + block.length > fileLimit) {
            return false;
        }
        try {
            takeDisk(writeAt + block.length - taken);
            TemporaryFile open = file;
            if (open == null) {
                open = store.newFile();
                file = open;
            }
            write(open, block);
            writeAt += block.length;
            return true;
        } catch (IOException e) {
            failure = e;
            return false;
        }
    }

    private void takeDisk(long more) throws NoRoomException {
        if (more > 0) {
            if (!disk.take(more)) {
                throw NoRoomException.forNow();
            }
            taken += more;
        }
    }

    private void write(TemporaryFile open, byte[] block) throws IOException {
        try {
            open.write(writeAt, block, 0, block.length);
        } catch (IOException e) {
            throw new StorageException(store.directory(), e);
        }
    }

    /**
     * Why no file can be used, although one should be.
     *
     * @return null if one can
     */
    public @Nullable IOException failure() {
        return failure;
    }

    /**
     * Whether more bytes are wanted, after an {@link #append} that was false.
     *
     * @return true when a good part of what was there has been given
     */
    public boolean hasRoom() {
        return rest.isEmpty() && (inMemory <= MEMORY_LIMIT / 2 || (isFileUsed && failure == null));
    }

    /**
     * Takes the next bytes.
     *
     * @return null if nothing is left
     * @throws IOException if the file cannot be read
     */
    public byte @Nullable [] poll() throws IOException {
        byte[] block = memory.poll();
        if (block != null) {
            inMemory -= block.length;
            return block;
        }
        if (readAt < writeAt) {
            return readFile();
        }
        return rest.poll();
    }

    private byte[] readFile() throws IOException {
        TemporaryFile open = file;
        byte[] piece = new byte[(int) Math.min(PIECE, writeAt - readAt)];
        int filled = 0;
        while (filled < piece.length) {
            int count = open == null ? -1 : open.read(readAt + filled, piece, filled, piece.length - filled);
            if (count < 0) {
                throw new IOException("the temporary file of a response ends after " + (readAt + filled) + " of "
                        + writeAt + " bytes");
            }
            filled += count;
        }
        readAt += filled;
        if (readAt == writeAt) { // from the beginning again
            readAt = 0;
            writeAt = 0;
        }
        return piece;
    }

    /** Gives up what is left, and the file. A second call does nothing. */
    @Override
    public void close() {
        disk.close();
        memory.clear();
        rest.clear();
        inMemory = 0;
        readAt = writeAt;
        try {
            TemporaryFile open = file;
            if (open != null) {
                open.close();
            }
        } catch (IOException e) { // its descriptor is gone all the same, and nobody wants the bytes any more
            LOG.log(Level.DEBUG, "closing a temporary file", e);
        }
    }
}

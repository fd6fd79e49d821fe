package io.gangway.buffer;

import io.gangway.log.Logs;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.channels.ClosedByInterruptException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One body: appended until it is whole, then read as often as need be.
 *
 * <p>It begins in memory, in blocks that grow. A body that is larger than one may have there, or that finds the deployment's memory used
 * up, moves to a {@linkplain TemporaryFile temporary file} as a whole, so that it leaves its memory to others.
 *
 * <p>Used by one thread at a time, but {@link #close} may come from any, and more than once; it gives everything back exactly once.
 */
public final class BodyBuffer implements AutoCloseable {
    /** Bytes of the first block: most forms fit. */
    private static final int SMALLEST_BLOCK = 4 << 10;
    /** Bytes of the largest: no more than that is taken and not used. */
    private static final int LARGEST_BLOCK = 64 << 10;

    private static final Logger LOG = Logs.named("io.gangway.buffer");

    private final BodyStore store;
    private final long memoryLimit;
    private final Quota.Share memory;
    private final Quota.Share disk;

    private volatile List<byte[]> blocks = new ArrayList<>();
    private volatile @Nullable TemporaryFile file;
    /** Bytes that the last block has room for. */
    private int room;
    /** Bytes of all blocks. */
    private long allocated;

    private long size;

    BodyBuffer(BodyStore store, long memoryLimit, Quota.Share memory, Quota.Share disk) {
        this.store = store;
        this.memoryLimit = memoryLimit;
        this.memory = memory;
        this.disk = disk;
    }

    /**
     * Adds bytes at the end; none of a {@linkplain #open stream} may have been read yet.
     *
     * @param data copied
     * @param offset the first byte
     * @param length how many
     * @throws NoRoomException if the deployment's limit for files leaves no room; the buffer is to be closed then
     * @throws StorageException if the system refuses to store them; likewise
     * @throws IOException if the buffer has been closed, or the thread was interrupted
     */
    public void append(byte[] data, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, data.length);
        checkNotClosed();
        int stored = file == null ? appendToMemory(data, offset, length) : 0;
        if (stored < length) {
            if (file == null) {
                moveToFile(length - stored);
            } else {
                takeDisk(length - stored);
            }
            write(data, offset + stored, length - stored);
        }
    }

    /** As much as there is memory for. */
    private int appendToMemory(byte[] data, int offset, int length) {
        List<byte[]> all = blocks;
        int stored = 0;
        while (stored < length && (room > 0 || grow(all))) {
            byte[] last = all.get(all.size() - 1);
            int count = Math.min(length - stored, room);
            System.arraycopy(data, offset + stored, last, last.length - room, count);
            room -= count;
            size += count;
            stored += count;
        }
        return stored;
    }

    private boolean grow(List<byte[]> all) {
        long wanted = all.isEmpty() ? SMALLEST_BLOCK : Math.min(2L * all.get(all.size() - 1).length, LARGEST_BLOCK);
        int next = (int) Math.min(wanted, memoryLimit - allocated);
        if (next <= 0 || !memory.take(next)) {
            return false;
        }
        all.add(new byte[next]);
        allocated += next;
        room = next;
        return true;
    }

    private void moveToFile(int more) throws IOException {
        takeDisk(size + more);
        TemporaryFile created = store.newBodyFile();
        file = created;
        if (disk.isClosed()) { // by another thread, which may not have seen the file
            created.close();
        }
        List<byte[]> all = blocks;
        long left = size;
        size = 0;
        for (byte[] block : all) {
            int count = (int) Math.min(block.length, left);
            write(block, 0, count);
            left -= count;
        }
        blocks = List.of();
        memory.close();
    }

    private void takeDisk(long bytes) throws IOException {
        if (!disk.take(bytes)) {
            checkNotClosed();
            long whole = file == null ? bytes : size + bytes;
            long longest = store.longest();
            throw whole > longest ? NoRoomException.forEver(longest) : NoRoomException.forNow();
        }
    }

    private void write(byte[] data, int offset, int length) throws IOException {
        try {
            Objects.requireNonNull(file).write(size, data, offset, length);
        } catch (ClosedByInterruptException e) { // the thread is to end; the storage is not to blame
            throw e;
        } catch (IOException e) {
            checkNotClosed();
            throw new StorageException(store.directory(), e);
        }
        size += length;
    }

    /**
     * How long the body is.
     *
     * @return bytes that were appended
     */
    public long size() {
        return size;
    }

    /**
     * Whether the body is in a file: then reading and closing it may wait for a disk.
     *
     * @return false as long as it is in memory
     */
    public boolean isInFile() {
        return file != null;
    }

    /**
     * The name of the body's file, by which another process can open it. That process may delete the name then; {@link #close} does otherwise.
     *
     * @return empty if it is in memory, or in a file without a name
     */
    public Optional<FileName> name() {
        TemporaryFile stored = file;
        return stored == null ? Optional.empty() : stored.name();
    }

    /**
     * Reads the body from its beginning. Several streams may be read, by one thread at a time.
     *
     * @return a stream that ends where the body does, again and again; closing it does nothing, and once the buffer is closed
     *     reading fails
     */
    public InputStream open() {
        return new Reader();
    }

    private void checkNotClosed() throws IOException {
        if (disk.isClosed()) {
            throw new IOException("the body has been released: its request has ended");
        }
    }

    /** Releases memory and disk. A second call does nothing. */
    @Override
    public void close() {
        disk.close();
        memory.close();
        blocks = List.of();
        try {
            if (file != null) {
                file.close();
            }
        } catch (IOException e) { // its descriptor is gone all the same, and nobody wants the bytes any more
            LOG.log(Level.DEBUG, "closing a temporary file", e);
        }
    }

    private final class Reader extends InputStream {
        private long position;
        /** In memory: the block that has the next byte, and where. */
        private int block;

        private int at;

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            Objects.checkFromIndexSize(offset, length, target.length);
            if (length == 0) {
                return 0;
            }
            checkNotClosed();
            if (position == size) {
                return -1;
            }
            int wanted = (int) Math.min(length, size - position);
            TemporaryFile stored = file;
            int count = stored == null
                    ? readFromMemory(target, offset, wanted)
                    : stored.read(position, target, offset, wanted);
            if (count <= 0) {
                throw new IOException("the temporary file of a body ends after " + position + " of " + size + " bytes");
            }
            position += count;
            return count;
        }

        private int readFromMemory(byte[] target, int offset, int wanted) throws IOException {
            List<byte[]> all = blocks;
            if (block >= all.size()) { // closed meanwhile
                return -1;
            }
            byte[] source = all.get(block);
            int count = Math.min(wanted, source.length - at);
            System.arraycopy(source, at, target, offset, count);
            at += count;
            if (at == source.length) {
                block++;
                at = 0;
            }
            return count;
        }

        @Override
        public int available() {
            return (int) Math.min(Integer.MAX_VALUE, size - position);
        }
    }
}

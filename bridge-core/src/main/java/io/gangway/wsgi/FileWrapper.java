package io.gangway.wsgi;

import static java.util.Objects.requireNonNull;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A file, or another stream, as a response body (PEP 3333, "Optional Platform-Specific File Handling").
 *
 * <p>If an application returns it unchanged, the server sends it from its current position in its fastest way, and closes it.
 * If a middleware wraps or iterates it, it works as any iterable does (W67). If the response has no Content-Length, the server
 * adds one where the length is known.
 *
 * <p>Not thread-safe; it can be iterated once.
 */
public final class FileWrapper implements Iterable<byte[]>, AutoCloseable {
    /** Makes file wrappers; the value of {@code wsgi.file_wrapper} in the environ (W39). */
    @FunctionalInterface
    public interface Factory {
        /**
         * Wraps a stream.
         *
         * @param source the bytes to send, from its current position
         * @param blockSize bytes to read at once where the server has no faster way; positive
         * @return a body that owns the stream
         */
        FileWrapper wrap(InputStream source, int blockSize);
    }

    /** Bytes in a block: the 4 to 8 KiB that frameworks use gave a fourth of the throughput, larger blocks little more. */
    public static final int DEFAULT_BLOCK_SIZE = 128 * 1024;

    private final InputStream source;
    private final @Nullable FileChannel channel;
    /** The position in the channel where sending stops, if the file is that long. */
    private final long end;

    private final int blockSize;
    private final boolean isObserved;

    /**
     * Wraps a stream of unknown length.
     *
     * @param source the bytes to send, from its current position; closed with this wrapper
     * @param blockSize bytes in each block but the last; positive
     */
    public FileWrapper(InputStream source, int blockSize) {
        this(requireNonNull(source, "source"), null, Long.MAX_VALUE, blockSize, false);
    }

    private FileWrapper(
            InputStream source, @Nullable FileChannel channel, long end, int blockSize, boolean isObserved) {
        if (blockSize <= 0) {
            throw new IllegalArgumentException("blockSize must be positive, not " + blockSize);
        }
        this.source = source;
        this.channel = channel;
        this.end = end;
        this.blockSize = blockSize;
        this.isObserved = isObserved;
    }

    /**
     * Opens a file.
     *
     * @param path a readable file
     * @return its content from the start
     * @throws IOException if it cannot be opened; nothing is left open
     */
    public static FileWrapper open(Path path) throws IOException {
        return of(FileChannel.open(path));
    }

    /**
     * Wraps an open file.
     *
     * @param channel sent from its current position to its end; closed with this wrapper
     * @return the file as a body
     */
    public static FileWrapper of(FileChannel channel) {
        return new FileWrapper(Channels.newInputStream(channel), channel, Long.MAX_VALUE, DEFAULT_BLOCK_SIZE, false);
    }

    /**
     * Wraps a section of an open file.
     *
     * @param channel sent from its current position; closed with this wrapper
     * @param count the maximum number of bytes to send; not negative
     * @return the section as a body; iterated, it ends where the section does
     * @throws IOException if the channel cannot be asked for its position; it stays open
     */
    public static FileWrapper of(FileChannel channel, long count) throws IOException {
        if (count < 0) {
            throw new IllegalArgumentException("count must not be negative, as " + count + " is");
        }
        long end = Math.addExact(channel.position(), count);
        return new FileWrapper(new Section(channel, end), channel, end, DEFAULT_BLOCK_SIZE, false);
    }

    /**
     * The same file, read and closed through another stream: for a middleware that observes the bytes. The file's length
     * stays known.
     *
     * @param filter wraps {@link #source}; the result yields the same bytes and passes {@code close()} on
     * @return a wrapper to return in this one's place
     */
    public FileWrapper through(UnaryOperator<InputStream> filter) {
        return new FileWrapper(requireNonNull(filter.apply(source), "filter"), channel, end, blockSize, true);
    }

    /**
     * The stream that a server reads the bytes from.
     *
     * @return the stream, owned by this wrapper
     */
    public InputStream source() {
        return source;
    }

    /**
     * The file itself, for a server that can send it without the stream.
     *
     * @return empty if it is not a file, or if something observes its {@linkplain #through stream}
     */
    public Optional<FileChannel> channel() {
        return isObserved ? Optional.empty() : Optional.ofNullable(channel);
    }

    /**
     * The number of bytes from the current position to the end.
     *
     * @return a count of bytes, or -1 if it is not known without reading
     * @throws IOException if the file cannot be asked
     */
    public long remaining() throws IOException {
        return channel == null ? -1 : Math.max(0, Math.min(end, channel.size()) - channel.position());
    }

    /**
     * The size of a block that the application asked for.
     *
     * @return a positive count of bytes
     */
    public int blockSize() {
        return blockSize;
    }

    /** Reads block by block; a failing read throws {@link UncheckedIOException}. */
    @Override
    public Iterator<byte[]> iterator() {
        return new Iterator<>() {
            private byte @Nullable [] next;

            @Override
            public boolean hasNext() {
                if (next == null) {
                    next = read();
                }
                return next.length > 0;
            }

            @Override
            public byte[] next() {
                if (!hasNext()) {
                    throw new NoSuchElementException();
                }
                byte[] block = requireNonNull(next);
                next = null;
                return block;
            }
        };
    }

    private byte[] read() {
        try {
            byte[] block = new byte[blockSize];
            int count = source.read(block);
            return count < 0 ? new byte[0] : count == blockSize ? block : Arrays.copyOf(block, count);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        source.close();
    }

    /** A channel's bytes up to a position. */
    private static final class Section extends FilterInputStream {
        private final FileChannel channel;
        private final long end;

        Section(FileChannel channel, long end) {
            super(Channels.newInputStream(channel));
            this.channel = channel;
            this.end = end;
        }

        @Override
        public int read() throws IOException {
            return left() > 0 ? super.read() : -1;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            long left = left();
            return left > 0 ? super.read(buffer, offset, (int) Math.min(length, left)) : -1;
        }

        @Override
        public long skip(long count) throws IOException {
            return super.skip(Math.min(count, left()));
        }

        @Override
        public int available() throws IOException {
            return (int) Math.min(super.available(), left());
        }

        private long left() throws IOException {
            return Math.max(0, end - channel.position());
        }
    }
}

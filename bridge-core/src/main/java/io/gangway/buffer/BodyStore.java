package io.gangway.buffer;

import static java.util.Objects.requireNonNull;

import io.gangway.log.Logs;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where a deployment holds bodies: each in memory as far as it is small and memory is left, or else in a temporary file.
 *
 * <p>Thread-safe, without locks. It holds nothing itself that would have to be closed; each {@link BodyBuffer} does.
 */
public final class BodyStore {
    /**
     * Bytes of memory for one body: forms, API calls and most images, so that a file is the exception. nginx keeps 16 KiB, Django
     * 2.5 MB of an upload.
     */
    public static final long MEMORY_FOR_ONE = 1L << 20;

    /** Bytes of memory for all bodies of a deployment: 64 of the largest. */
    public static final long MEMORY_FOR_ALL = 64L << 20;

    private static final Logger LOG = Logs.named("io.gangway.buffer");

    private final Path directory;
    private final long memoryForOne;
    private final Quota memory;
    private final Quota disk;
    private final FileMaker files;
    private final FileMaker bodyFiles;

    /** Makes files; apart for tests of what a full disk does. */
    @FunctionalInterface
    interface FileMaker {
        TemporaryFile create(Path directory) throws IOException;
    }

    /**
     * A store without bodies, with {@link #MEMORY_FOR_ONE} and {@link #MEMORY_FOR_ALL}.
     *
     * @param directory where temporary files are made; looked at when the first one is needed
     * @param diskForAll bytes of disk for all bodies; at least 0
     */
    public BodyStore(Path directory, long diskForAll) {
        this(directory, MEMORY_FOR_ONE, MEMORY_FOR_ALL, diskForAll, TemporaryFile::create);
    }

    /**
     * A store without bodies, whose request bodies can be read by other processes of this user, too: {@link BodyBuffer#name}.
     *
     * @param directory where temporary files are made
     * @param diskForAll bytes of disk for all bodies; at least 0
     * @param named a private directory below it, for the files of request bodies; whoever made it removes what is left there
     */
    public BodyStore(Path directory, long diskForAll, Path named) {
        this(directory, MEMORY_FOR_ONE, MEMORY_FOR_ALL, diskForAll, TemporaryFile::create, namedIn(named));
    }

    /** Makes files without a name if the private directory is not there any more: systems clean up their temp directory. */
    private static FileMaker namedIn(Path named) {
        Optional<Object> key = TemporaryFile.keyOf(named);
        return parent -> {
            if (key.isPresent()) {
                try {
                    return TemporaryFile.createNamed(named, key.get());
                } catch (IOException | UnsupportedOperationException e) {
                    LOG.log(Level.DEBUG, "a body's file gets no name", e);
                }
            }
            return TemporaryFile.create(parent);
        };
    }

    BodyStore(Path directory, long memoryForOne, long memoryForAll, long diskForAll, FileMaker files) {
        this(directory, memoryForOne, memoryForAll, diskForAll, files, files);
    }

    private BodyStore(
            Path directory,
            long memoryForOne,
            long memoryForAll,
            long diskForAll,
            FileMaker files,
            FileMaker bodyFiles) {
        this.directory = requireNonNull(directory, "directory");
        this.memoryForOne = memoryForOne;
        this.memory = new Quota(memoryForAll);
        this.disk = new Quota(diskForAll);
        this.files = files;
        this.bodyFiles = bodyFiles;
    }

    /**
     * Makes a buffer for one body of unknown length.
     *
     * @return empty; whoever has it closes it
     */
    public BodyBuffer newBuffer() {
        return newBuffer(0);
    }

    /**
     * Makes a buffer for one body.
     *
     * @param expected the body's length in bytes, if it is known: a body that is too large for memory goes to a file from the beginning
     * @return empty; whoever has it closes it
     */
    public BodyBuffer newBuffer(long expected) {
        return new BodyBuffer(this, expected > memoryForOne ? 0 : memoryForOne, memory.share(), disk.share());
    }

    /** Bytes that one body may have at all. */
    long longest() {
        return Math.max(disk.limit(), memoryForOne);
    }

    /** Memory that is taken up for one body, outside of a buffer. */
    public interface Reservation extends AutoCloseable {
        /** Gives it back; a second call does nothing. */
        @Override
        void close();
    }

    /**
     * Counts the memory of a body that is small, and of which the caller knows the length.
     *
     * @param bytes of the whole body
     * @return empty if other bodies take all memory
     */
    public Optional<Reservation> reserve(int bytes) {
        Quota.Share share = memory.share();
        return share.take(bytes) ? Optional.of(share::close) : Optional.empty();
    }

    /**
     * Makes a spool for one response. Its file counts like those of bodies.
     *
     * @return empty; whoever has it closes it
     */
    public Spool newSpool() {
        return new Spool(this, diskShare(), Spool.FILE_LIMIT);
    }

    Quota.Share diskShare() {
        return disk.share();
    }

    /**
     * Checks whether a body would fit if it were the only one, before any of it is read.
     *
     * @param length of the body, in bytes
     * @throws NoRoomException if it would not
     */
    public void checkPossible(long length) throws NoRoomException {
        if (length > longest()) {
            throw NoRoomException.forEver(longest());
        }
    }

    /**
     * Where temporary files are made.
     *
     * @return the directory
     */
    public Path directory() {
        return directory;
    }

    /**
     * How many bytes of disk all bodies may take.
     *
     * @return the limit
     */
    public long diskLimit() {
        return disk.limit();
    }

    /**
     * How many bytes of memory the bodies take at this moment.
     *
     * @return 0 if no buffer is open
     */
    public long memoryInUse() {
        return memory.used();
    }

    /**
     * How many bytes of disk the bodies take at this moment.
     *
     * @return 0 if no buffer is open
     */
    public long diskInUse() {
        return disk.used();
    }

    TemporaryFile newFile() throws StorageException {
        return create(files);
    }

    TemporaryFile newBodyFile() throws StorageException {
        return create(bodyFiles);
    }

    private TemporaryFile create(FileMaker maker) throws StorageException {
        try {
            return maker.create(directory);
        } catch (IOException e) {
            throw new StorageException(directory, e);
        }
    }
}

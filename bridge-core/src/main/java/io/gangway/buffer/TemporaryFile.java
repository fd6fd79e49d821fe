package io.gangway.buffer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A file for one body, with mode 0600, of one of two kinds.
 *
 * <p>A file {@linkplain #create without a name} can be reached through this object alone, and the system removes it when the process ends, also by
 * {@code kill -9}. It is created in a directory of its own that nobody else may enter (0700), and both lose their names as soon as
 * the file is open. So nothing has to be cleaned up later, and a temp directory that others can write to is safe to use. This
 * needs a system on which an open file can be deleted: Linux, macOS, any other Unix.
 *
 * <p>A file {@linkplain #createNamed with a name} can be opened by another process of this user, too. It is in a private directory, whose owner removes what a killed process left there.
 *
 * <p>Reads and writes are at positions, and may come from any thread. A thread that is interrupted while it reads or writes closes the
 * file, as {@link FileChannel} says.
 */
final class TemporaryFile implements AutoCloseable {
    private static final String PREFIX = "gangway-body-";
    private static final FileAttribute<Set<PosixFilePermission>> PRIVATE_DIRECTORY = permissions("rwx------");
    private static final FileAttribute<Set<PosixFilePermission>> PRIVATE_FILE = permissions("rw-------");

    /** So that no name is used twice: another process may delete a file by its name, late. */
    private static final AtomicLong CREATED = new AtomicLong();

    private final FileChannel channel;
    private final @Nullable FileName name;

    TemporaryFile(FileChannel channel, @Nullable FileName name) {
        this.channel = channel;
        this.name = name;
    }

    /**
     * Creates a file, open and empty.
     *
     * @param parent a directory that this process may write to
     * @throws IOException if the system refuses; nothing is left behind
     */
    static TemporaryFile create(Path parent) throws IOException {
        Path directory = Files.createTempDirectory(parent, PREFIX, PRIVATE_DIRECTORY);
        try {
            return new TemporaryFile(openWithoutName(directory.resolve("body")), null);
        } finally {
            Files.deleteIfExists(directory);
        }
    }

    /**
     * Creates a file that keeps its name until it is closed, or until whoever opens it deletes the name.
     *
     * @param directory one that only this user may enter
     * @param key its {@linkplain BasicFileAttributes#fileKey file key}: if the system has deleted the directory, another user may have made one of the same name
     * @throws IOException if the system refuses, or if it is another directory, in which an empty file may be left then
     */
    static TemporaryFile createNamed(Path directory, Object key) throws IOException {
        Path file = directory.resolve("body-" + CREATED.incrementAndGet());
        FileChannel channel = open(file);
        try {
            // Looked at when the file is in it: the system brings no directory back.
            if (!keyOf(directory).equals(Optional.of(key))) {
                throw new NoSuchFileException(directory.toString());
            }
            return new TemporaryFile(channel, new FileName(file, number(file, "unix:dev"), number(file, "unix:ino")));
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static long number(Path file, String attribute) throws IOException {
        return (long) Files.getAttribute(file, attribute, LinkOption.NOFOLLOW_LINKS);
    }

    /** What distinguishes a directory from another one of the same name; empty if there is none, or the system does not tell. */
    static Optional<Object> keyOf(Path directory) {
        try {
            return Optional.ofNullable(
                    Files.readAttributes(directory, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                            .fileKey());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static FileChannel open(Path file) throws IOException {
        return FileChannel.open(
                file,
                Set.of(
                        StandardOpenOption.CREATE_NEW,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE,
                        LinkOption.NOFOLLOW_LINKS),
                PRIVATE_FILE);
    }

    private static FileChannel openWithoutName(Path file) throws IOException {
        FileChannel channel = open(file);
        try {
            Files.delete(file);
            return channel;
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    private static FileAttribute<Set<PosixFilePermission>> permissions(String text) {
        return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(text));
    }

    /** The name that it was created with; empty for one without a name. */
    Optional<FileName> name() {
        return Optional.ofNullable(name);
    }

    void write(long position, byte[] data, int offset, int length) throws IOException {
        ByteBuffer source = ByteBuffer.wrap(data, offset, length);
        while (source.hasRemaining()) {
            channel.write(source, position + source.position() - offset);
        }
    }

    /** Reads at least one byte, or returns -1 at the end; {@code length} is at least 1. */
    int read(long position, byte[] target, int offset, int length) throws IOException {
        return channel.read(ByteBuffer.wrap(target, offset, length), position);
    }

    /** Frees the space at once, also if another process still has the file open. */
    @Override
    public void close() throws IOException {
        try (channel) {
            if (name != null && channel.isOpen()) {
                Files.deleteIfExists(name.path());
                channel.truncate(0);
            }
        }
    }
}

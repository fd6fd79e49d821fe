package io.gangway.python.supervisor;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;

/**
 * A directory that only this user can enter (0700), for sockets and the like; gone when it is closed, and when the JVM was
 * killed, on the next start.
 *
 * <p>Its owner holds a lock on a file in it. Process ids would not do: containers that share {@code /tmp} have the same ones.
 */
final class PrivateDirectory implements AutoCloseable {
    private static final String PREFIX = "gangway-python-";
    private static final String LOCK = "lock";

    private static final Logger LOG = System.getLogger("io.gangway.python");

    private final Path path;
    private final FileChannel lock;

    private PrivateDirectory(Path path, FileChannel lock) {
        this.path = path;
        this.lock = lock;
    }

    static PrivateDirectory create(Path parent) throws IOException {
        removeStale(parent);
        Path path = Files.createTempDirectory(
                parent, PREFIX, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        // Locked before it has its name: nobody else shall find it without its owner.
        Path unnamed = path.resolve(LOCK + ".new");
        FileChannel lock = FileChannel.open(unnamed, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        lock.lock();
        Files.move(unnamed, path.resolve(LOCK));
        return new PrivateDirectory(path, lock);
    }

    Path path() {
        return path;
    }

    @Override
    public void close() throws IOException {
        delete(path);
        lock.close();
    }

    private static void removeStale(Path parent) {
        try (DirectoryStream<Path> candidates = Files.newDirectoryStream(parent, PREFIX + "*")) {
            for (Path candidate : candidates) {
                removeIfStale(candidate);
            }
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "looking for directories that a killed JVM left behind", e);
        }
    }

    private static void removeIfStale(Path candidate) {
        try (FileChannel channel = FileChannel.open(candidate.resolve(LOCK), StandardOpenOption.WRITE);
                FileLock held = channel.tryLock()) {
            if (held != null) {
                delete(candidate);
            }
        } catch (OverlappingFileLockException e) {
            LOG.log(Level.TRACE, "it is this JVM's own");
        } catch (IOException e) { // another user's, or one that is just being made or removed
            LOG.log(Level.TRACE, "not ours to remove", e);
        }
    }

    /** Deletes a directory with all that is in it, as far as it is there. */
    static void delete(Path directory) throws IOException {
        Files.walkFileTree(directory, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.deleteIfExists(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
                if (e instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE;
                }
                throw e;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path each, @Nullable IOException e) throws IOException {
                Files.deleteIfExists(each);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}

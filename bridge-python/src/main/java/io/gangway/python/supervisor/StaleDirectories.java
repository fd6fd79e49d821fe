package io.gangway.python.supervisor;

import static java.util.Objects.requireNonNull;

import io.gangway.log.Logs;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Removes private directories that killed JVMs left behind.
 *
 * <p>They are in directories that other users may write to. Such a user may give any file a name of Gangway's: a link to this user's
 * files, or a pipe that would block a reader. So nothing but a directory is opened, and it is checked once it is open: it is removed
 * only if it is no link, belongs to this user and is closed to all others, or open only to pass through (0700, 0711), so that no other
 * user can have put a file into it.
 * Where the system cannot open files relative to an open directory, nothing is removed.
 */
final class StaleDirectories {
    /**
     * The lock of a directory of this JVM. It is recognized by its name and never opened here: POSIX releases all locks of a process on
     * a file when the process closes any descriptor of that file (fcntl(2)).
     */
    static final String OWN_LOCK = "lock-" + ProcessHandle.current().pid() + "-"
            + ProcessHandle.current()
                    .info()
                    .startInstant()
                    .map(Instant::toEpochMilli)
                    .orElse(0L);

    private static final String ANY_LOCK = "lock";

    private static final Set<String> MODES = Set.of("rwx------", Identity.PASSABLE);

    /**
     * Only a directory has it. Java opens a directory without O_DIRECTORY (openat(2)): a pipe of the same name would block it until
     * somebody writes.
     */
    private static final String ITSELF = ".";

    private static final Logger LOG = Logs.named("io.gangway.python");

    private StaleDirectories() {}

    /** Removes stale directories beside a directory of this user, as far as possible; never throws. */
    static void removeBeside(Path own) {
        try (DirectoryStream<Path> opened = Files.newDirectoryStream(requireNonNull(own.getParent()))) {
            if (!(opened instanceof SecureDirectoryStream<Path> parent)) {
                return;
            }
            UserPrincipal owner = Files.getOwner(own, LinkOption.NOFOLLOW_LINKS);
            for (Path name : names(parent)) {
                if (name.toString().startsWith(PrivateDirectory.PREFIX) && !name.equals(own.getFileName())) {
                    removeIfStale(parent, name, owner);
                }
            }
        } catch (IOException | RuntimeException e) {
            LOG.log(Level.DEBUG, "looking for directories that a killed JVM left behind", e);
        }
    }

    private static List<Path> names(DirectoryStream<Path> directory) {
        List<Path> names = new ArrayList<>();
        directory.forEach(file -> names.add(file.getFileName()));
        return names;
    }

    private static void removeIfStale(SecureDirectoryStream<Path> parent, Path name, UserPrincipal owner) {
        try (SecureDirectoryStream<Path> candidate = parent.newDirectoryStream(name.resolve(ITSELF))) {
            if (isWhatIsNamed(parent, name, candidate)
                    && isPrivateTo(owner, candidate)
                    && deleteIfGivenUp(parent, name, candidate)) {
                LOG.log(Level.DEBUG, () -> "removed " + name + ", which a killed JVM left behind");
            }
        } catch (OverlappingFileLockException e) {
            LOG.log(Level.TRACE, "a private directory is this JVM's own");
        } catch (IOException e) { // another user's, a link, or one that is just being made or removed
            LOG.log(Level.TRACE, "a directory is not removed: it is not this user's private directory", e);
        }
    }

    /** Whether the name is the open directory's own, and not a link to it. */
    private static boolean isWhatIsNamed(
            SecureDirectoryStream<Path> parent, Path name, SecureDirectoryStream<Path> directory) throws IOException {
        Object named = parent.getFileAttributeView(name, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                .readAttributes()
                .fileKey();
        Object opened = directory
                .getFileAttributeView(BasicFileAttributeView.class)
                .readAttributes()
                .fileKey();
        return named != null && named.equals(opened);
    }

    private static boolean isPrivateTo(UserPrincipal owner, SecureDirectoryStream<Path> directory) throws IOException {
        PosixFileAttributes attributes =
                directory.getFileAttributeView(PosixFileAttributeView.class).readAttributes();
        return attributes.owner().equals(owner)
                && MODES.contains(PosixFilePermissions.toString(attributes.permissions()));
    }

    /** Removes a directory while holding its lock; does nothing if its owner holds the lock. Returns whether it did. */
    private static boolean deleteIfGivenUp(
            SecureDirectoryStream<Path> parent, Path name, SecureDirectoryStream<Path> candidate) throws IOException {
        List<Path> names = names(candidate);
        for (Path file : names) {
            if (file.toString().startsWith(ANY_LOCK) && !file.toString().equals(OWN_LOCK) && isPlain(candidate, file)) {
                // Opened for reading and writing: for writing alone, it would block if a pipe has replaced the file
                // meanwhile.
                try (SeekableByteChannel opened = candidate.newByteChannel(
                                file,
                                Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS));
                        FileLock held = ((FileChannel) opened).tryLock()) {
                    if (held != null) {
                        OwnTree.delete(parent, name);
                        return true;
                    }
                }
            }
        }
        return false;
    }

    private static boolean isPlain(SecureDirectoryStream<Path> directory, Path file) throws IOException {
        return directory
                .getFileAttributeView(file, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                .readAttributes()
                .isRegularFile();
    }
}

package io.gangway.python.supervisor;

import static io.gangway.wsgi.RuleViolation.quote;

import io.gangway.deploy.DeploymentException;
import io.gangway.log.FileProblem;
import io.gangway.log.Logs;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * A directory that only this user can enter (0700), for the socket and the processes' files, or for request bodies. {@link #close} deletes it; after a JVM that
 * was killed, the next start deletes it.
 *
 * <p>The socket's is made in {@code java.io.tmpdir}, or, if the path of a socket would be too long there, in a directory of {@link Places}.
 * Its owner holds a lock on a file in it. A process id could not tell the owner: in containers that share {@code /tmp} the same ids occur.
 */
public final class PrivateDirectory implements AutoCloseable {
    static final String PREFIX = "gangway-python-";

    private static final Logger LOG = Logs.named("io.gangway.python");

    /** Max attempts to delete a directory in which files may still be made. */
    private static final int MAX_ATTEMPTS = 10;

    private final Path path;
    private final FileChannel lock;

    private PrivateDirectory(Path path, FileChannel lock) {
        this.path = path;
        this.lock = lock;
    }

    /**
     * Makes one for files of any kind, and removes those that killed JVMs left at the same place.
     *
     * @param parent where it is made
     * @return the directory, to be closed
     * @throws IOException if it cannot be made; nothing is left behind
     */
    public static PrivateDirectory in(Path parent) throws IOException {
        return locked(make(parent.toAbsolutePath()));
    }

    /**
     * Makes one for a socket, and removes those that killed JVMs left at the same place.
     *
     * @param temporary the parent directory, if the path of a socket is not too long there
     * @throws DeploymentException if nothing can be made there, or the path is too long there and no directory of {@link Places} can be used
     */
    static PrivateDirectory create(Path temporary) throws IOException {
        return create(temporary, Places.shorter(System.getenv()));
    }

    static PrivateDirectory create(Path temporary, Places shorter) throws IOException {
        Path wanted = temporary.toAbsolutePath();
        Path made;
        try {
            made = make(wanted);
        } catch (IOException e) {
            throw notMade("step socket", wanted, e);
        }
        if (Places.isShortEnough(wanted)) {
            return locked(made);
        }
        try {
            Path place = shorter.firstFor(made).orElseThrow(() -> tooLong(wanted));
            LOG.log(
                    Level.DEBUG,
                    () -> "sockets are in " + place + ", because their paths would be too long in " + wanted);
            return locked(make(place));
        } finally {
            Files.delete(made);
        }
    }

    /**
     * The exception for a directory that cannot be made.
     *
     * @param step what it was for
     * @param parent where it was to be made
     * @param why the system's reason
     * @return an exception whose message says what to do
     */
    public static DeploymentException notMade(String step, Path parent, IOException why) {
        return new DeploymentException(step + ": no directory can be made in " + quote(parent.toString()) + ": "
                + FileProblem.inWords(why)
                + ". Fix: start the JVM with -Djava.io.tmpdir=DIR, a directory that Gangway may write to");
    }

    private static DeploymentException tooLong(Path temporary) {
        return new DeploymentException("step socket: the path of a Unix socket in " + quote(temporary.toString())
                + " would have up to " + Places.longestPathIn(temporary) + " bytes, and the system takes "
                + Places.LONGEST_SOCKET_PATH + ". Fix: start the JVM with a shorter -Djava.io.tmpdir");
    }

    private static Path make(Path parent) throws IOException {
        return Files.createTempDirectory(
                parent, PREFIX, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }

    private static PrivateDirectory locked(Path path) throws IOException {
        // The file is locked before it gets its name, so that no other JVM finds the name without the lock.
        Path unnamed = path.resolve("new");
        FileChannel lock = FileChannel.open(unnamed, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        PrivateDirectory directory = new PrivateDirectory(path, lock);
        try {
            lock.lock();
            Files.move(unnamed, path.resolve(StaleDirectories.OWN_LOCK));
        } catch (IOException | RuntimeException e) {
            directory.close();
            throw e;
        }
        StaleDirectories.removeBeside(path);
        return directory;
    }

    /**
     * Where it is.
     *
     * @return an absolute path
     */
    public Path path() {
        return path;
    }

    /**
     * Deletes it with all files in it; a later call does nothing.
     *
     * @throws IOException if a file cannot be deleted
     */
    @Override
    public void close() throws IOException {
        try (lock) {
            for (int attempts = 1; ; attempts++) {
                try {
                    OwnTree.delete(path);
                    return;
                } catch (DirectoryNotEmptyException e) { // a file was made meanwhile
                    if (attempts == MAX_ATTEMPTS) {
                        throw e;
                    }
                }
            }
        }
    }
}

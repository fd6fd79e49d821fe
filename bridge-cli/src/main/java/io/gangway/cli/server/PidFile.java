package io.gangway.cli.server;

import io.gangway.deploy.DeploymentException;
import io.gangway.log.FileProblem;
import io.gangway.log.Logs;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/** The file of {@code --pid-file}: it has this process's id until {@link #close}. */
public final class PidFile implements AutoCloseable {
    /** The precision of a process's start time, and of a file's time on old file systems. */
    private static final Duration PRECISION = Duration.ofSeconds(2);

    /** Max bytes that are read of an existing file: a process id has at most ten digits. */
    private static final int MAX_SIZE = 32;

    private static final Logger LOG = Logs.named("io.gangway.cli");

    private final Path path;
    private final long pid;

    private PidFile(Path path, long pid) {
        this.path = path;
        this.pid = pid;
    }

    /**
     * Checks, before anything is loaded, that the file can be written.
     *
     * @throws DeploymentException if the process that the file names runs, if the path is a link or no file of a process id, or if there is no directory that this user may write to
     */
    public static void check(Path path) {
        Path directory = path.toAbsolutePath().getParent();
        if (directory == null || !Files.isDirectory(directory)) {
            throw cannotBeWritten(path, "there is no directory " + directory);
        }
        if (!Files.isWritable(directory)) {
            throw cannotBeWritten(path, "this user may not write to " + directory);
        }
        try {
            Optional<Long> running = Files.exists(path, LinkOption.NOFOLLOW_LINKS)
                    ? runningOwner(path)
                            .filter(other -> other != ProcessHandle.current().pid())
                    : Optional.empty();
            if (running.isPresent()) {
                throw DeploymentException.ofSetting("--pid-file: " + path + " names process " + running.get()
                        + ", which runs. Fix: stop it, or name another file");
            }
        } catch (IOException e) {
            throw cannotBeWritten(path, FileProblem.inWords(e));
        }
    }

    /**
     * Writes the file. One that a process has left which runs no more is replaced.
     *
     * @throws DeploymentException as {@link #check}, or if the file cannot be written all the same
     */
    public static PidFile write(Path path) {
        check(path);
        long pid = ProcessHandle.current().pid();
        try {
            Files.deleteIfExists(path);
            // CREATE_NEW follows no link, and fails if another process was faster.
            Files.writeString(path, pid + "\n", StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw cannotBeWritten(path, FileProblem.inWords(e));
        }
        return new PidFile(path, pid);
    }

    private static DeploymentException cannotBeWritten(Path path, String why) {
        return DeploymentException.ofSetting("--pid-file: " + path + " cannot be written: " + why
                + ". Fix: name a file in a directory that this user may write to");
    }

    /** The process that wrote the file, if it runs. One that began after the file was written has only got the same id. */
    private static Optional<Long> runningOwner(Path path) throws IOException {
        BasicFileAttributes file = Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        if (!file.isRegularFile()) {
            throw DeploymentException.ofSetting("--pid-file: " + path + " is "
                    + (file.isSymbolicLink() ? "a symbolic link, which is not followed" : "no file")
                    + ". Fix: remove it, or name another file");
        }
        Instant written = file.lastModifiedTime().toInstant();
        String text = content(path);
        Optional<Long> number = number(text);
        if (number.isEmpty() && text.chars().anyMatch(c -> c > ' ')) { // a crash may leave an empty one, or zeros
            throw DeploymentException.ofSetting(
                    "--pid-file: " + path
                            + " is no file with a process id, and it would be replaced. Fix: name another file, or remove this one");
        }
        return number.flatMap(ProcessHandle::of)
                .filter(ProcessHandle::isAlive)
                .filter(process -> process.info()
                        .startInstant()
                        .map(start -> start.isBefore(written.plus(PRECISION)))
                        .orElse(true))
                .map(ProcessHandle::pid);
    }

    private static String content(Path path) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(MAX_SIZE);
        try (SeekableByteChannel file =
                Files.newByteChannel(path, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS))) {
            while (bytes.hasRemaining() && file.read(bytes) >= 0) {
                // until its end
            }
        }
        return new String(bytes.array(), 0, bytes.position(), StandardCharsets.US_ASCII).strip();
    }

    private static Optional<Long> number(String text) {
        return text.matches("[0-9]{1,10}") ? Optional.of(Long.parseLong(text)) : Optional.empty();
    }

    /** Removes the file, unless another process has replaced it. */
    @Override
    public void close() {
        try {
            if (number(content(path)).filter(owner -> owner == pid).isPresent()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            LOG.log(Level.WARNING, () -> "--pid-file: " + path + " could not be removed: " + FileProblem.inWords(e));
        }
    }
}

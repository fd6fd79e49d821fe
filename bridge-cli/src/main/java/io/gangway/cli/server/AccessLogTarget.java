package io.gangway.cli.server;

import io.gangway.cli.config.ServerSettings;
import io.gangway.deploy.DeploymentException;
import io.gangway.deploy.NativeText;
import io.gangway.deploy.Settings;
import io.gangway.exchange.Step;
import io.gangway.log.FileProblem;
import io.gangway.log.Logs;
import io.gangway.middleware.AccessLog;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** The file or stream that {@code --access-log} writes to; the owner closes it. Thread-safe. */
public final class AccessLogTarget implements AutoCloseable {
    private static final String STANDARD_OUTPUT = "-";

    /** The mode of a new file, before the umask: its owner's, for a group of log readers to read, as Debian's log files. */
    private static final String MODE = "rw-r-----";

    private static final Set<StandardOpenOption> APPENDING =
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.APPEND, StandardOpenOption.WRITE);

    private static final Logger LOG = Logs.named("io.gangway.cli");

    private final Optional<AccessLog> log;
    private final Optional<Path> file;

    /** No line may be written to a file while it is closed. A line is one short write to the system's cache. */
    private final ReentrantLock lock = new ReentrantLock();

    private @Nullable PrintStream lines;

    private AccessLogTarget(@Nullable PrintStream lines, Optional<Path> file, Settings settings) {
        this.lines = lines;
        this.file = file;
        this.log = lines == null
                ? Optional.empty()
                : Optional.of(AccessLog.to(this::write)
                        .pattern(settings.get(ServerSettings.ACCESS_LOG_FORMAT))
                        .build());
    }

    /**
     * Opens the file or stream that the setting names; new lines are appended to a file.
     *
     * @throws DeploymentException if it cannot be written
     */
    public static AccessLogTarget open(Settings settings, PrintStream standardOutput) {
        Optional<String> target = settings.find(ServerSettings.ACCESS_LOG);
        Optional<Path> file =
                target.filter(name -> !name.equals(STANDARD_OUTPUT)).map(NativeText::path);
        if (file.isEmpty()) {
            return new AccessLogTarget(target.isPresent() ? standardOutput : null, file, settings);
        }
        try {
            return new AccessLogTarget(open(file.get()), file, settings);
        } catch (IOException e) {
            throw new DeploymentException("--access-log: " + file.get() + " cannot be written: "
                    + FileProblem.inWords(e) + ". Fix: name a file that this user may write to");
        }
    }

    private static PrintStream open(Path path) throws IOException {
        boolean isPosix = path.getFileSystem().supportedFileAttributeViews().contains("posix");
        FileAttribute<?>[] mode = isPosix
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(MODE))}
                : new FileAttribute<?>[0];
        OutputStream file = Channels.newOutputStream(Files.newByteChannel(path, APPENDING, mode));
        return new PrintStream(new BufferedOutputStream(file), true, StandardCharsets.US_ASCII);
    }

    private void write(String line) {
        lock.lock();
        try {
            if (lines != null) {
                lines.println(line);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Opens the file again by its name, because it was renamed. If that fails, the open one is written to as before. */
    public void reopen() {
        if (file.isEmpty()) {
            return;
        }
        PrintStream opened;
        try {
            opened = open(file.get());
        } catch (IOException e) {
            LOG.log(
                    Level.ERROR,
                    () -> "--access-log: " + file.get() + " cannot be opened again: " + FileProblem.inWords(e)
                            + "; the file that is open is written to. Fix: make it a file that this user may write to");
            return;
        }
        PrintStream before;
        lock.lock();
        try {
            before = lines;
            lines = opened;
        } finally {
            lock.unlock();
        }
        if (before != null) {
            before.close();
        }
        LOG.log(Level.INFO, () -> "--access-log: " + file.get() + " was opened again");
    }

    /** The step that writes the access log; none if there is none. */
    public List<Step> steps() {
        return log.<Step>map(step -> step).stream().toList();
    }

    /** Writes what never reaches a step; none if there is no log. */
    public Optional<AccessLog> log() {
        return log;
    }

    @Override
    public void close() {
        lock.lock();
        try {
            if (file.isPresent() && lines != null) {
                lines.close();
            }
        } finally {
            lock.unlock();
        }
    }
}

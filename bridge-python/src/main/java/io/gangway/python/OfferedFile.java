package io.gangway.python;

import io.gangway.python.loop.LoopLogger;
import io.gangway.python.protocol.Frame;
import io.gangway.python.protocol.ProtocolException;
import io.gangway.wsgi.FileWrapper;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Opens the file that a worker offers as the rest of its response. */
final class OfferedFile {
    private static final Logger LOG = LoopLogger.of("io.gangway.python");

    private OfferedFile() {}

    /**
     * Opens it. An open file needs the worker no more, so that a slow client does not occupy the worker.
     *
     * @param offer a FILE frame
     * @return the file, to be closed; empty if it cannot be opened, or is another one
     * @throws ProtocolException if the frame has other fields
     */
    static Optional<FileWrapper> open(Frame offer) throws ProtocolException {
        List<String> fields = offer.fields(5);
        FileChannel channel = null;
        try {
            Path path = Path.of(fields.get(0));
            if (!isOffered(path, Long.parseLong(fields.get(3)), Long.parseLong(fields.get(4)))) {
                return Optional.empty();
            }
            channel = FileChannel.open(path).position(Long.parseLong(fields.get(1)));
            long length = Long.parseLong(fields.get(2));
            return Optional.of(length < 0 ? FileWrapper.of(channel) : FileWrapper.of(channel, length));
        } catch (IOException | IllegalArgumentException | ArithmeticException e) {
            close(channel);
            return Optional.empty();
        }
    }

    /**
     * Whether a name means the file that the worker has open: in a container, the worker's process id may be the id of another process
     * here. The worker keeps the file open until it gets the reply, so the name means the same file when it is opened.
     */
    private static boolean isOffered(Path path, long device, long inode) throws IOException {
        Map<String, Object> found =
                Files.readAttributes(path, "unix:isRegularFile,dev,ino"); // opening a pipe would block
        return path.isAbsolute()
                && Boolean.TRUE.equals(found.get("isRegularFile"))
                && Objects.equals(found.get("dev"), device)
                && Objects.equals(found.get("ino"), inode);
    }

    /** Closes a file; a failure harms nobody. */
    static void close(@Nullable AutoCloseable file) {
        try {
            if (file != null) {
                file.close();
            }
        } catch (Exception e) {
            LOG.log(Level.DEBUG, "closing a file that a worker offered", e);
        }
    }
}

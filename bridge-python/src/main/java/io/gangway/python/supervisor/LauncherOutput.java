package io.gangway.python.supervisor;

import io.gangway.python.loop.LoopLogger;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.Arrays;

/** The output of a launcher. It goes to a file: unlike a pipe, a file needs no thread that reads it, and never blocks the launcher. */
final class LauncherOutput {
    /** Bytes that are read at once. */
    private static final int PIECE = 32 << 10;

    private static final Logger LOG = LoopLogger.of("io.gangway.python");

    private final Path file;
    private final LineSplitter lines;
    private long position;

    LauncherOutput(Path file, WorkerLog log) {
        this.file = file;
        this.lines = new LineSplitter(log::stderr);
    }

    /** Passes on the output that is new. */
    void read() {
        try (RandomAccessFile input = new RandomAccessFile(file.toFile(), "r")) {
            input.seek(position);
            byte[] piece = new byte[PIECE];
            for (int count = input.read(piece); count > 0; count = input.read(piece)) {
                position += count;
                lines.feed(Arrays.copyOf(piece, count));
            }
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "reading the launcher's output", e);
        }
    }

    /** Passes on the last output, after the launcher has ended. */
    void readRest() {
        read();
        lines.end();
    }
}

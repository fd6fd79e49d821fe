package io.gangway.python.supervisor;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.function.Consumer;

/** Bytes in, lines out. */
final class LineSplitter {
    /** Bytes of a line that are kept for its end; then it goes out as it is. No log entry is worth more. */
    private static final int MOST_KEPT = 64 << 10;

    private final ByteArrayOutputStream partial = new ByteArrayOutputStream();
    private final Consumer<String> lines;

    LineSplitter(Consumer<String> lines) {
        this.lines = lines;
    }

    void feed(byte[] bytes) {
        for (byte each : bytes) {
            if (each == '\n') {
                flush();
            } else {
                partial.write(each);
                if (partial.size() >= MOST_KEPT) {
                    flush();
                }
            }
        }
    }

    /** What is left at the end is a line, too. */
    void end() {
        if (partial.size() > 0) {
            flush();
        }
    }

    private void flush() {
        String line = partial.toString(UTF_8);
        partial.reset();
        lines.accept(line.endsWith("\r") ? line.substring(0, line.length() - 1) : line);
    }
}

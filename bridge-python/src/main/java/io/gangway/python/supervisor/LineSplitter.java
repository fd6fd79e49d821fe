package io.gangway.python.supervisor;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.function.Consumer;

/** Bytes in, lines out. */
final class LineSplitter {
    /** Max bytes of a line; a longer one is split. A longer log entry would not be read. */
    private static final int MAX_KEPT = 64 << 10;

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
                if (partial.size() >= MAX_KEPT) {
                    flush();
                }
            }
        }
    }

    /** After the last byte: an incomplete line counts as a line, too. */
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

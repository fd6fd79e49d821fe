package io.gangway.python.supervisor;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What Python's faulthandler writes to stderr when a signal ends a process: many lines, which are one log entry.
 *
 * <p>Its first words are the same whether native code has crashed, or Gangway has aborted a process that hangs; the entry tells the two apart.
 */
final class Stacks {
    /** What faulthandler begins with. */
    private static final String FIRST = "Fatal Python error: ";

    private static final String ABORTED = FIRST + "Aborted";

    /** After the stacks it lists the modules that are written in C. */
    private static final String MODULES = "Extension modules:";

    /** Characters that are kept; as many as of a log record. */
    private static final int MOST_KEPT = 256 << 10;

    /** For all lines to come: it writes them at once, and then the process ends. A forked child's crash has no end that is told. */
    private static final Duration LONGEST = Duration.ofSeconds(1);

    private final long beganAt = System.nanoTime();
    private final String first;
    private final List<String> lines = new ArrayList<>();
    private int size;

    Stacks(String first) {
        this.first = first;
    }

    static boolean isFirst(String line) {
        return line.startsWith(FIRST);
    }

    void add(String line) {
        if (!line.isBlank() && !line.startsWith(MODULES)) {
            lines.add(line);
            size += line.length();
        }
    }

    /** Whether no more is to be waited for. */
    boolean isFull() {
        return size > MOST_KEPT || System.nanoTime() - beganAt > LONGEST.toNanos();
    }

    /** Whether these may be the stacks that were asked for, and no crash's. */
    boolean isOfAbort() {
        return first.equals(ABORTED);
    }

    /** The entry's text, behind the name of the process. */
    String inWords(boolean isAsked) {
        String begin = isAsked && isOfAbort()
                ? "was ended by Gangway while it was doing this:"
                : "crashed: " + first + "; while it was doing this:";
        return begin + "\n" + String.join("\n", lines);
    }
}

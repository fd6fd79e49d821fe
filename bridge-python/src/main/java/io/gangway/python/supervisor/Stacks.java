package io.gangway.python.supervisor;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The stacks that Python's faulthandler writes to stderr when a signal ends a process: many lines, which become one log entry.
 *
 * <p>faulthandler's first words are the same for a crash in native code and for a process that hangs and that Gangway aborts; the entry
 * tells the two apart.
 */
final class Stacks {
    /** The beginning of faulthandler's first line. */
    private static final String FIRST = "Fatal Python error: ";

    private static final String ABORTED = FIRST + "Aborted";

    /** The beginning of the line, after the stacks, that lists the modules written in C. */
    private static final String MODULES = "Extension modules:";

    /** Max characters that are kept; as many as of a log record. */
    private static final int MAX_KEPT = 256 << 10;

    /** How long to wait for all lines: faulthandler writes them at once, then the process ends. The end of a forked child is not reported. */
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

    /** Whether the entry is to be written without more lines. */
    boolean isFull() {
        return size > MAX_KEPT || System.nanoTime() - beganAt > LONGEST.toNanos();
    }

    /** Whether these may be the stacks of a process that Gangway aborted. */
    boolean isOfAbort() {
        return first.equals(ABORTED);
    }

    /** The entry's text, without the name of the process. */
    String inWords(boolean isAsked) {
        return isAsked && isOfAbort()
                ? "was ended by Gangway while it was doing this:\n" + String.join("\n", uninterrupted())
                : "crashed: " + first + "; while it was doing this:\n" + String.join("\n", lines);
    }

    /**
     * The lines as far as faulthandler came. It reads the stacks of threads that may be running, and if it finds one that changes, it crashes itself: that says nothing about the
     * application.
     */
    private List<String> uninterrupted() {
        List<String> whole = new ArrayList<>();
        for (String line : lines) {
            int crash = line.indexOf(FIRST);
            if (crash >= 0) {
                whole.add(line.substring(0, crash) + "(the rest could not be written: a thread was running)");
                return whole;
            }
            whole.add(line);
        }
        return whole;
    }
}

package io.gangway.python.supervisor;

import static io.gangway.wsgi.RuleViolation.quote;

import io.gangway.python.loop.LoopLogger;
import io.gangway.python.protocol.Frame;
import io.gangway.python.protocol.ProtocolException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a process says, on its way to the container's log: with its pid, and what it said last kept for messages. */
final class WorkerLog {
    /** Lines of stderr that a message shows: a traceback's end, or a linker's complaint. */
    private static final int LAST_LINES = 20;

    private static final Logger LOG = LoopLogger.of("io.gangway.python.worker");

    private static final int PYTHON_ERROR = 40;
    private static final int PYTHON_WARNING = 30;
    private static final int PYTHON_INFO = 20;
    private static final int PYTHON_DEBUG = 10;

    private final String process;
    private final Deque<String> lastLines = new ArrayDeque<>();
    /** What is being gathered. */
    private @Nullable Stacks stacks;

    private boolean isAsked;
    private boolean hasStacks;

    WorkerLog(String process) {
        this.process = process;
    }

    void stdout(String line) {
        LOG.log(Level.INFO, () -> process + " stdout: " + Printable.of(line));
    }

    void stderr(String line) {
        if (lastLines.size() == LAST_LINES) {
            lastLines.remove();
        }
        lastLines.add(Printable.of(line));
        Stacks gathered = stacks;
        if (gathered != null) {
            gathered.add(line);
            tellFullStacks();
        } else if (Stacks.isFirst(line)) {
            stacks = new Stacks(line);
        } else {
            LOG.log(Level.WARNING, () -> process + " stderr: " + Printable.of(line));
        }
    }

    /** The process is about to be ended by a signal that has it write its stacks. */
    void askForStacks() {
        isAsked = true;
    }

    /** To be called now and then: stacks of which no more is to be expected are one entry of the log. */
    void tellFullStacks() {
        if (stacks != null && stacks.isFull()) {
            tellStacks();
        }
    }

    private void tellStacks() {
        Stacks gathered = stacks;
        if (gathered != null) {
            stacks = null;
            hasStacks |= gathered.isOfAbort();
            boolean isExpected = isAsked && gathered.isOfAbort();
            LOG.log(
                    isExpected ? Level.WARNING : Level.ERROR,
                    () -> process + " " + Printable.of(gathered.inWords(isAsked)));
        }
    }

    /** After the process's end, when all has been read. */
    void end() {
        tellStacks();
        if (isAsked && !hasStacks) {
            LOG.log(
                    Level.WARNING,
                    () -> process
                            + " was ended without a word of what it was doing: it did not react to the signal that asks for its"
                            + " stacks. Perhaps it is stopped (SIGSTOP), or waits for a device");
        }
    }

    /** What stderr said last. */
    List<String> lastLines() {
        return List.copyOf(lastLines);
    }

    void record(Frame frame) throws ProtocolException {
        List<String> fields = frame.fields(4);
        Level level = level(fields.get(0));
        String request = fields.get(2).isEmpty() ? "" : " request " + quote(fields.get(2));
        LOG.log(
                level,
                () -> process + " " + Printable.of(fields.get(1)) + request + ": " + Printable.of(fields.get(3)));
    }

    private static Level level(String number) throws ProtocolException {
        try {
            int value = Integer.parseInt(number);
            return value >= PYTHON_ERROR
                    ? Level.ERROR
                    : value >= PYTHON_WARNING
                            ? Level.WARNING
                            : value >= PYTHON_INFO ? Level.INFO : value >= PYTHON_DEBUG ? Level.DEBUG : Level.TRACE;
        } catch (NumberFormatException e) {
            throw new ProtocolException("a level that is no number: " + quote(number));
        }
    }
}

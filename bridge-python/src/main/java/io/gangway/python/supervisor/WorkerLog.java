package io.gangway.python.supervisor;

import static io.gangway.wsgi.RuleViolation.quote;

import io.gangway.python.loop.LoopLogger;
import io.gangway.python.protocol.Frame;
import io.gangway.python.protocol.ProtocolException;
import io.gangway.wsgi.Escapes;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes the output and log records of a process to the container's log, with its pid, and keeps its last lines for messages. */
final class WorkerLog {
    /** Max lines of stderr that a message shows: the end of a traceback, or an error of the dynamic linker. */
    private static final int LAST_LINES = 20;

    private static final Logger LOG = LoopLogger.of("io.gangway.python.worker");

    private static final int PYTHON_ERROR = 40;
    private static final int PYTHON_WARNING = 30;
    private static final int PYTHON_INFO = 20;
    private static final int PYTHON_DEBUG = 10;

    private final String process;
    private final Deque<String> lastLines = new ArrayDeque<>();
    /** The stacks whose lines are being gathered; null if there are none. */
    private @Nullable Stacks stacks;

    private boolean isAsked;
    private boolean hasStacks;

    WorkerLog(String process) {
        this.process = process;
    }

    void stdout(String line) {
        LOG.log(Level.INFO, () -> process + " stdout: " + Escapes.lines(line));
    }

    void stderr(String line) {
        if (lastLines.size() == LAST_LINES) {
            lastLines.remove();
        }
        lastLines.add(Escapes.lines(line));
        Stacks gathered = stacks;
        if (gathered != null) {
            gathered.add(line);
            tellFullStacks();
        } else if (Stacks.isFirst(line)) {
            stacks = new Stacks(line);
        } else {
            LOG.log(Level.WARNING, () -> process + " stderr: " + Escapes.lines(line));
        }
    }

    /** To be called before the process is ended by a signal that has it write its stacks. */
    void askForStacks() {
        isAsked = true;
    }

    /** Logs gathered stacks as one entry, if no more lines are expected. To be called at intervals. */
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
                    () -> process + " " + Escapes.lines(gathered.inWords(isAsked)));
        }
    }

    /** To be called after the process's end, when all its output has been read. */
    void end() {
        tellStacks();
        if (isAsked && !hasStacks) {
            LOG.log(
                    Level.WARNING,
                    () -> process
                            + " was ended, and wrote no stacks: it did not react to the signal that asks for them. Perhaps it"
                            + " was stopped (SIGSTOP), or waited for a device");
        }
    }

    /** The last lines of stderr. */
    List<String> lastLines() {
        return List.copyOf(lastLines);
    }

    void record(Frame frame) throws ProtocolException {
        List<String> fields = frame.fields(4);
        Level level = level(fields.get(0));
        String request = fields.get(2).isEmpty() ? "" : " request " + quote(fields.get(2));
        LOG.log(
                level,
                () -> process + " " + Escapes.lines(fields.get(1)) + request + ": " + Escapes.lines(fields.get(3)));
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

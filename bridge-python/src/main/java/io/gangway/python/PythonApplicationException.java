package io.gangway.python;

import io.gangway.python.protocol.Frame;
import io.gangway.python.protocol.ProtocolException;
import io.gangway.python.supervisor.Printable;
import java.util.List;

/**
 * What a Python application raised: its message is Python's own summary and traceback, which say more than any Java trace.
 *
 * <p>Control characters are escaped, so it can be logged as it is; it has several lines.
 */
public final class PythonApplicationException extends Exception {
    private static final long serialVersionUID = 1L;

    /** What an ABORT tells. */
    static PythonApplicationException of(Frame abort) throws ProtocolException {
        List<String> fields = abort.fields(3);
        return new PythonApplicationException(fields.get(1), fields.get(2));
    }

    private PythonApplicationException(String summary, String traceback) {
        super(
                Printable.of(traceback.isBlank() ? summary : summary + "\n" + traceback.stripTrailing()),
                null,
                true,
                false);
    }
}

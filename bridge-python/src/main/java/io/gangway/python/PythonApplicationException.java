package io.gangway.python;

import io.gangway.python.protocol.Frame;
import io.gangway.python.protocol.ProtocolException;
import io.gangway.wsgi.Escapes;
import java.util.List;

/**
 * An exception that a Python application raised. Its message is Python's summary and traceback; it has no Java stack trace.
 *
 * <p>Control characters are escaped, so it can be logged as it is; it has several lines.
 */
public final class PythonApplicationException extends Exception {
    private static final long serialVersionUID = 1L;

    /** The exception that an ABORT frame carries. */
    static PythonApplicationException of(Frame abort) throws ProtocolException {
        List<String> fields = abort.fields(3);
        return new PythonApplicationException(fields.get(1), fields.get(2));
    }

    private PythonApplicationException(String summary, String traceback) {
        super(
                Escapes.lines(traceback.isBlank() ? summary : summary + "\n" + traceback.stripTrailing()),
                null,
                true,
                false);
    }
}

package io.gangway.python.supervisor;

import io.gangway.python.protocol.Frame;
import io.gangway.python.protocol.ProtocolException;
import java.util.List;

/**
 * Why a launcher or a worker could not start, as it says in its FAILED frame. The texts are as the process wrote them.
 *
 * @param step the step of the start
 * @param message what was wrong
 * @param traceback empty if the application did not raise the problem
 * @param fix what to do; empty if that is not known
 */
record Failed(String step, String message, String traceback, String fix) {
    static Failed of(Frame frame) throws ProtocolException {
        List<String> fields = frame.fields(4);
        return new Failed(fields.get(0), fields.get(1), fields.get(2), fields.get(3));
    }
}

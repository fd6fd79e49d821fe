package io.gangway.servlet.jetty;

import java.io.IOException;
import org.eclipse.jetty.io.QuietException;

/** Breaks a response off without an entry in the log: Gangway's own tells why. It has no stack trace. */
final class QuietBreak extends IOException implements QuietException {
    private static final long serialVersionUID = 1L;

    QuietBreak() {
        super("Gangway breaks this response off");
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}

package io.gangway.servlet;

import java.io.IOException;

/** It has no stack trace: the log has the cause with its trace already. Of an IOException, Jetty logs a line and no trace either. */
final class BrokenOffException extends IOException {
    private static final long serialVersionUID = 1L;

    BrokenOffException() {
        super("Gangway breaks this response off, so that the client sees that it is incomplete");
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}

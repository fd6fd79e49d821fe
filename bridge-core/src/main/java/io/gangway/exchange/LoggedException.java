package io.gangway.exchange;

import java.io.IOException;

/**
 * A failure of an application that has its log entry already, from code that knows more of it: where the exchange ends, it is logged at debug level only.
 *
 * <p>The message says everything. There is no stack trace, which would be that of the code that found the failure.
 */
public abstract class LoggedException extends IOException {
    private static final long serialVersionUID = 1L;

    /**
     * A failure that was logged.
     *
     * @param message what happened
     */
    protected LoggedException(String message) {
        super(message);
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}

package io.gangway.servlet;

import java.io.PrintWriter;
import java.io.Writer;

/**
 * {@code wsgi.errors} (W47): each line becomes one entry in the container's log, with the request id.
 *
 * <p>A line without its end waits for the rest, a {@code flush} or a {@code close}.
 */
final class ErrorStream extends Writer {
    /** Characters of one entry: a longer line is split, so that no application can fill the heap with one. */
    private static final int LINE_LIMIT = 8 * 1024;

    private final String requestId;
    private final StringBuilder line = new StringBuilder(0);

    private ErrorStream(String requestId) {
        this.requestId = requestId;
    }

    static PrintWriter of(String requestId) {
        return new PrintWriter(new ErrorStream(requestId), true);
    }

    @Override
    public void write(char[] text, int offset, int length) {
        for (int i = offset; i < offset + length; i++) {
            if (text[i] == '\n' || line.length() == LINE_LIMIT) {
                flush();
            }
            if (text[i] != '\n' && text[i] != '\r') {
                line.append(text[i]);
            }
        }
    }

    @Override
    public void flush() {
        if (!line.isEmpty()) {
            GatewayLog.applicationLine(requestId, line.toString());
            line.setLength(0);
        }
    }

    @Override
    public void close() {
        flush();
    }
}

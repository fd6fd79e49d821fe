package io.gangway.server;

import io.gangway.log.Logs;
import io.gangway.wsgi.Escapes;
import java.io.PrintWriter;
import java.io.Writer;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/**
 * {@code wsgi.errors} (W47): each line becomes one entry of the logger {@code io.gangway.application}, with the request id.
 *
 * <p>A line without its end waits for the rest, a {@code flush} or a {@code close}.
 */
public final class ErrorStream extends Writer {
    private static final Logger APPLICATION = Logs.named("io.gangway.application");

    /** Characters of one entry: a longer line is split, so that no application can fill the heap with one. */
    private static final int LINE_LIMIT = 8 * 1024;

    private final String requestId;
    private final StringBuilder line = new StringBuilder(0);

    private ErrorStream(String requestId) {
        this.requestId = requestId;
    }

    /**
     * A stream for one request.
     *
     * @param requestId stands in front of each line
     * @return flushed at each end of a line
     */
    public static PrintWriter of(String requestId) {
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
            String text = line.toString();
            APPLICATION.log(Level.WARNING, () -> "[" + requestId + "] " + Escapes.line(text));
            line.setLength(0);
        }
    }

    @Override
    public void close() {
        flush();
    }
}

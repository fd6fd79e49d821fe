package io.gangway.lint;

import java.io.PrintWriter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Checks that text put into {@code wsgi.errors} is accepted, and that the application leaves the stream open (W47).
 *
 * <p>Line ends are passed on through println, so that a stream that flushes after each line still does.
 */
final class LintedErrors extends PrintWriter {
    private final PrintWriter inner;
    private final Findings findings;

    LintedErrors(PrintWriter inner, Findings findings) {
        super(inner);
        this.inner = inner;
        this.findings = findings;
    }

    @Override
    public void println() {
        inner.println();
    }

    @Override
    public PrintWriter format(String format, @Nullable Object... args) {
        inner.format(format, args);
        return this;
    }

    @Override
    public PrintWriter format(Locale locale, String format, @Nullable Object... args) {
        inner.format(locale, format, args);
        return this;
    }

    @Override
    public void flush() {
        inner.flush();
        if (inner.checkError()) {
            findings.server(
                    "W47",
                    "wsgi.errors",
                    "any text to be accepted",
                    "a failed write",
                    "write to a log that accepts Unicode, and keep the stream open for the whole request");
        }
    }

    @Override
    public void close() {
        findings.application(
                "W47",
                "wsgi.errors.close()",
                "the error stream to be left open",
                "a call",
                "flush it instead: it is the server's, and others write to it after you");
        inner.close();
    }
}

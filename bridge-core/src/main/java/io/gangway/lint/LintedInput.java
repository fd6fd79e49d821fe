package io.gangway.lint;

import java.io.IOException;
import java.io.InputStream;
import java.util.OptionalLong;

/**
 * Checks how the server's input stream behaves (W40, W41, W43), and that the application leaves it open (W40).
 *
 * <p>The methods of {@link InputStream} that call {@code read}, for example {@code readAllBytes} and {@code skip}, are checked too.
 */
final class LintedInput extends InputStream {
    private static final String PLACE = "wsgi.input";

    private final InputStream inner;
    private final OptionalLong declared;
    private final Findings findings;

    private long bytes;
    private boolean ended;

    LintedInput(InputStream inner, OptionalLong declared, Findings findings) {
        this.inner = inner;
        this.declared = declared;
        this.findings = findings;
    }

    @Override
    public int read() throws IOException {
        int value = inner.read();
        if (value < -1 || value > 255) {
            wrongResult("read()", "-1 to 255", value);
        }
        arrived(value < 0 ? -1 : 1);
        return value;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        int count = inner.read(buffer, offset, length);
        if (length == 0) {
            return count; // says nothing about the end
        }
        if (count < -1 || count == 0 || count > length) {
            wrongResult("read(buffer, " + offset + ", " + length + ")", "-1, or 1 to " + length, count);
        }
        arrived(count);
        return count;
    }

    @Override
    public int available() throws IOException {
        int count = inner.available();
        if (count < 0) {
            wrongResult("available()", "0 or more", count);
        }
        return count;
    }

    @Override
    public void close() throws IOException {
        findings.application(
                "W40",
                PLACE + ".close()",
                "the input to be left open",
                "a call",
                "read to the end, or stop reading; the server cleans up. Do not put the stream into try-with-resources");
        inner.close();
    }

    private void wrongResult(String call, String expected, int found) {
        findings.server(
                "W40",
                PLACE + '.' + call,
                expected,
                String.valueOf(found),
                "keep the contract of InputStream: block until there is a byte, or the end");
    }

    private void arrived(int count) {
        if (count < 0) {
            if (!ended && declared.isPresent() && bytes < declared.getAsLong()) {
                findings.server(
                        "W43",
                        PLACE,
                        declared.getAsLong() + " bytes, as CONTENT_LENGTH says, or a failing read",
                        "the end after " + bytes,
                        "throw ClientException when the client stops early; a middleware that reads the body must replace it by one"
                                + " that can be read again");
            }
            ended = true;
            return;
        }
        bytes += count;
        if (ended && count > 0) {
            findings.server(
                    "W41",
                    PLACE,
                    "the end again after the end",
                    count + " more bytes",
                    "return -1 from every read after the end of the body");
        }
        if (declared.isPresent() && bytes > declared.getAsLong()) {
            findings.server(
                    "W41",
                    PLACE,
                    "no more than the " + declared.getAsLong() + " bytes that CONTENT_LENGTH says",
                    "at least " + bytes,
                    "end the stream where the body ends: what follows is the next request");
        }
    }
}

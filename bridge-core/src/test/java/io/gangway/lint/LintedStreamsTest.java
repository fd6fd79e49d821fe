package io.gangway.lint;

import static io.gangway.lint.LintRig.ACCEPTING;
import static io.gangway.lint.LintRig.environ;
import static io.gangway.lint.LintRig.serve;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gangway.wsgi.ApplicationViolation;
import io.gangway.wsgi.ServerViolation;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class LintedStreamsTest {
    @Test
    void reads_what_the_server_gives_in_every_way() throws Exception {
        assertThat(read(new ByteArrayInputStream(new byte[7]), "7", InputStream::readAllBytes))
                .hasSize(7);
        assertThat(read(new ByteArrayInputStream(new byte[7]), null, InputStream::readAllBytes))
                .hasSize(7);
        assertThat(read(new ByteArrayInputStream(new byte[] {1, 2, 3}), "3", input -> {
                    assertThat(input.available()).isEqualTo(3);
                    assertThat(input.skip(1)).isEqualTo(1);
                    assertThat(input.read(new byte[5], 0, 0)).isZero();
                    assertThat(input.read()).isEqualTo(2);
                    byte[] rest = input.readNBytes(9);
                    assertThat(input.read()).isEqualTo(-1);
                    assertThat(input.read(new byte[1])).isEqualTo(-1);
                    return rest;
                }))
                .containsExactly(3);
    }

    @Test
    @Tag("W40")
    void a_read_gives_bytes_or_the_end() {
        assertThatThrownBy(() -> read(giving(0), null, input -> input.readNBytes(4)))
                .isInstanceOf(ServerViolation.class)
                .hasMessage("W40, wsgi.input.read(buffer, 0, 4): expected -1, or 1 to 4; found 0."
                        + " Fix: keep the contract of InputStream: block until there is a byte, or the end");
        assertThatThrownBy(() -> read(giving(256), null, input -> new byte[input.read()]))
                .isInstanceOf(ServerViolation.class)
                .hasMessage("W40, wsgi.input.read(): expected -1 to 255; found 256."
                        + " Fix: keep the contract of InputStream: block until there is a byte, or the end");
        assertThatThrownBy(() -> read(giving(-2), null, input -> new byte[input.available()]))
                .isInstanceOf(ServerViolation.class)
                .hasMessage("W40, wsgi.input.available(): expected 0 or more; found -2."
                        + " Fix: keep the contract of InputStream: block until there is a byte, or the end");
    }

    @Test
    @Tag("W40")
    void the_input_stays_open() {
        assertThatThrownBy(() -> read(new ByteArrayInputStream(new byte[0]), null, input -> {
                    input.close();
                    return new byte[0];
                }))
                .isInstanceOf(ApplicationViolation.class)
                .hasMessage(
                        "W40, wsgi.input.close(): expected the input to be left open; found a call. Fix: read to the"
                                + " end, or stop reading; the server cleans up. Do not put the stream into"
                                + " try-with-resources");
    }

    @Test
    @Tag("W41")
    void the_end_stays_the_end() {
        assertThatThrownBy(() ->
                        read(giving(-1, 5), null, input -> new byte[] {(byte) input.read(), (byte) input.read()}))
                .isInstanceOf(ServerViolation.class)
                .hasMessage("W41, wsgi.input: expected the end again after the end; found 1 more bytes."
                        + " Fix: return -1 from every read after the end of the body");
    }

    @Test
    @Tag("W41")
    void nothing_comes_after_the_declared_length() {
        assertThatThrownBy(() -> read(new ByteArrayInputStream(new byte[6]), "5", InputStream::readAllBytes))
                .isInstanceOf(ServerViolation.class)
                .hasMessage(
                        "W41, wsgi.input: expected no more than the 5 bytes that CONTENT_LENGTH says; found at least 6."
                                + " Fix: end the stream where the body ends: what follows is the next request");
    }

    @Test
    @Tag("W43")
    void a_body_cut_short_never_looks_complete() {
        assertThatThrownBy(() -> read(new ByteArrayInputStream(new byte[4]), "5", InputStream::readAllBytes))
                .isInstanceOf(ServerViolation.class)
                .hasMessage(
                        "W43, wsgi.input: expected 5 bytes, as CONTENT_LENGTH says, or a failing read; found the end"
                                + " after 4. Fix: throw ClientException when the client stops early; a middleware that reads the"
                                + " body must replace it by one that can be read again");
    }

    @Test
    void text_for_the_error_stream_arrives_line_by_line() throws Exception {
        StringWriter log = new StringWriter();
        complain(new PrintWriter(log), errors -> {
            errors.println("\u0416 one");
            errors.printf(Locale.ROOT, "%d two%n", 2);
            errors.format("%s%n", "three");
            errors.print('4');
            errors.flush();
        });

        assertThat(log.toString().lines()).containsExactly("\u0416 one", "2 two", "three", "4");
    }

    @Test
    @Tag("W47")
    void the_error_stream_takes_what_is_written() {
        PrintWriter broken = new PrintWriter(new Writer() {
            @Override
            public void write(char[] text, int offset, int length) throws IOException {
                throw new IOException("ASCII only");
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        });

        assertThatThrownBy(() -> complain(broken, errors -> {
                    errors.println("caf\u00e9");
                    errors.flush();
                }))
                .isInstanceOf(ServerViolation.class)
                .hasMessage("W47, wsgi.errors: expected any text to be accepted; found a failed write."
                        + " Fix: write to a log that accepts Unicode, and keep the stream open for the whole"
                        + " request");
    }

    @Test
    @Tag("W47")
    void the_error_stream_stays_open() {
        assertThatThrownBy(() -> complain(new PrintWriter(new StringWriter()), PrintWriter::close))
                .isInstanceOf(ApplicationViolation.class)
                .hasMessage("W47, wsgi.errors.close(): expected the error stream to be left open; found a call."
                        + " Fix: flush it instead: it is the server's, and others write to it after you");
    }

    private interface Reader {
        byte[] read(InputStream input) throws IOException;
    }

    private interface Complaint {
        void to(PrintWriter errors);
    }

    private static byte[] read(InputStream body, @Nullable String length, Reader reader) throws Exception {
        ByteArrayOutputStream result = new ByteArrayOutputStream();
        serve(
                (environ, startResponse) -> {
                    result.writeBytes(reader.read(environ.input()));
                    startResponse.start("200 OK", List.of());
                    return List.of();
                },
                environ(environ -> {
                    environ.put("wsgi.input", body);
                    if (length != null) {
                        environ.put("CONTENT_LENGTH", length);
                    }
                }),
                ACCEPTING);
        return result.toByteArray();
    }

    private static void complain(PrintWriter log, Complaint complaint) throws Exception {
        serve(
                (environ, startResponse) -> {
                    complaint.to(environ.errors());
                    startResponse.start("200 OK", List.of());
                    return List.of();
                },
                environ(environ -> environ.put("wsgi.errors", log)),
                ACCEPTING);
    }

    /** A stream whose reads return these numbers, and ignore the requested length. */
    private static InputStream giving(int... results) {
        return new InputStream() {
            private int next;

            @Override
            public int read() {
                return results[Math.min(next++, results.length - 1)];
            }

            @Override
            public int read(byte[] buffer, int offset, int length) {
                return read();
            }

            @Override
            public int available() {
                return read();
            }
        };
    }
}

package io.gangway.it.client;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.gangway.it.client.Answer.Ending;
import io.gangway.it.client.Answer.Framing;
import io.gangway.wsgi.Header;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Reads one answer as RFC 9112 frames it, and can stop in the middle of the body to let a test go on. */
public final class AnswerReader {
    /** Max bytes of a line in a head: a server that sends more is broken. */
    private static final int LINE_LIMIT = 1024 * 1024;

    private static final int BLOCK = 1 << 16;

    private final InputStream in;
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private final List<String> interim = new ArrayList<>();
    private final String statusLine;
    private final List<Header> headers;
    private final Framing framing;
    /** Bytes of the body, or of the current chunk, still to come. */
    private long left;

    private List<Header> trailers = List.of();

    AnswerReader(InputStream in, boolean toHead) throws IOException {
        this.in = in;
        String line = readLine();
        List<Header> fields = readHeaders();
        while (codeOf(line) < 200) {
            interim.add(line);
            line = readLine();
            fields = readHeaders();
        }
        statusLine = line;
        headers = List.copyOf(fields);
        framing = framing(codeOf(line), toHead);
    }

    /**
     * The final status line.
     *
     * @return the line, for example {@code HTTP/1.1 200 OK}
     */
    public String statusLine() {
        return statusLine;
    }

    /**
     * Waits for bytes of the body, without framing.
     *
     * @param count how many
     * @return exactly so many
     * @throws EOFException if the body ends before
     * @throws IOException if they do not come in time
     */
    public byte[] readBody(int count) throws IOException {
        byte[] bytes = new byte[count];
        for (int i = 0; i < count; i++) {
            int next = next();
            if (next < 0) {
                throw new EOFException("the body ended after " + i + " of " + count + " bytes");
            }
            bytes[i] = (byte) next;
        }
        return bytes;
    }

    /**
     * Reads to the end.
     *
     * @return the answer with its whole body, including the bytes that {@link #readBody} has returned
     * @throws IOException if the server sends nothing for too long in the middle of the answer: that is always an error
     */
    public Answer finish() throws IOException {
        Ending ending = Ending.CLEAN;
        try {
            byte[] block = new byte[BLOCK];
            for (int count = nextBlock(block); count >= 0; count = nextBlock(block)) {
                body.write(block, 0, count);
                left -= count;
            }
        } catch (SocketTimeoutException e) {
            throw new IOException("the server went silent after " + body.size() + " bytes of the body", e);
        } catch (EOFException | SocketException e) {
            ending = Ending.TRUNCATED;
        }
        return new Answer(statusLine, headers, interim, body.toByteArray(), framing, ending, trailers);
    }

    /** The next byte of the body; -1 at its clean end. */
    private int next() throws IOException {
        int next = switch (framing) {
            case NONE -> -1;
            case CLOSE -> in.read();
            case LENGTH -> left == 0 ? -1 : required();
            case CHUNKED -> nextOfChunk();
        };
        if (next >= 0) {
            body.write(next);
            left--;
        }
        return next;
    }

    /** As many bytes of the body as are there, but at least one; -1 at its clean end. */
    private int nextBlock(byte[] block) throws IOException {
        boolean isAtEnd = switch (framing) {
            case NONE -> true;
            case CLOSE -> false;
            case LENGTH -> left == 0;
            case CHUNKED -> left < 0 || (left == 0 && !nextChunk());
        };
        if (isAtEnd) {
            return -1;
        }
        int count = in.read(block, 0, framing == Framing.CLOSE ? block.length : (int) Math.min(block.length, left));
        if (count < 0 && framing != Framing.CLOSE) {
            throw new EOFException("the connection ended in the middle of the answer");
        }
        return count;
    }

    private int nextOfChunk() throws IOException {
        if (left == 0) {
            return nextChunk() ? required() : -1;
        }
        return left > 0 ? required() : -1;
    }

    /** RFC 9112, section 7.1. */
    private boolean nextChunk() throws IOException {
        if (body.size() > 0 && !readLine().isEmpty()) {
            throw new IOException("a chunk is longer than its size says");
        }
        String size = readLine();
        int extension = size.indexOf(';');
        left = Long.parseLong((extension < 0 ? size : size.substring(0, extension)).trim(), 16);
        if (left == 0) {
            trailers = List.copyOf(readHeaders());
            left = -1;
            return false;
        }
        return true;
    }

    private int required() throws IOException {
        int next = in.read();
        if (next < 0) {
            throw new EOFException("the connection ended in the middle of the answer");
        }
        return next;
    }

    /** RFC 9112, section 6.3. */
    private Framing framing(int code, boolean toHead) throws IOException {
        if (toHead || code == 204 || code == 304) {
            return Framing.NONE;
        }
        for (Header header : headers) {
            if (header.is("Transfer-Encoding")) {
                if (!header.value().toLowerCase(Locale.ROOT).equals("chunked")) {
                    throw new IOException("unknown Transfer-Encoding: " + header.value());
                }
                return Framing.CHUNKED;
            }
        }
        for (Header header : headers) {
            if (header.is("Content-Length")) {
                left = Long.parseLong(header.value());
                return Framing.LENGTH;
            }
        }
        return Framing.CLOSE;
    }

    private static int codeOf(String statusLine) throws IOException {
        if (!statusLine.matches("HTTP/1\\.[01] [1-9][0-9][0-9]( .*)?")) {
            throw new IOException("not a status line: " + statusLine);
        }
        return Integer.parseInt(statusLine.substring(9, 12));
    }

    private List<Header> readHeaders() throws IOException {
        List<Header> fields = new ArrayList<>();
        for (String line = readLine(); !line.isEmpty(); line = readLine()) {
            int colon = line.indexOf(':');
            if (colon <= 0) {
                throw new IOException("not a header: " + line);
            }
            fields.add(new Header(
                    line.substring(0, colon), line.substring(colon + 1).strip()));
        }
        return fields;
    }

    private String readLine() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = required(); next != '\n'; next = required()) {
            line.write(next);
            if (line.size() > LINE_LIMIT) {
                throw new IOException("an endless line");
            }
        }
        String text = line.toString(ISO_8859_1);
        if (!text.endsWith("\r")) {
            throw new IOException("a line that ends without CR: " + text);
        }
        return text.substring(0, text.length() - 1);
    }
}

package io.gangway.bench.load;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Reads the answers of one connection, one after the other, and checks each: status, framing (RFC 9112, section 6), length,
 * and content where it is known.
 *
 * <p>Bytes in, verdict out: it knows no socket and no clock. Used by one thread.
 */
final class AnswerReader {
    /** More than any of the compared servers sends; a longer head is an error of this benchmark. */
    private static final int MAX_HEAD = 16 * 1024;

    private enum State {
        HEAD,
        LENGTH,
        CHUNKED,
        UNTIL_CLOSE
    }

    private final Expected expected;
    private final @Nullable ByteBuffer content;
    private final ByteBuffer head = ByteBuffer.allocate(MAX_HEAD);
    private final Chunks chunks = new Chunks();
    private State state = State.HEAD;
    private int lineBreaks;
    private long remaining;
    private long received;
    private boolean isLast;

    AnswerReader(Expected expected) {
        this.expected = expected;
        this.content = expected.body().map(ByteBuffer::wrap).orElse(null);
    }

    /** Prepares for the next answer, on this connection or on a new one. */
    void reset() {
        state = State.HEAD;
        head.clear();
        lineBreaks = 0;
        received = 0;
        isLast = false;
        chunks.reset();
    }

    /** Whether nothing of an answer has arrived. */
    boolean isUntouched() {
        return state == State.HEAD && head.position() == 0;
    }

    /** Whether the server closes the connection after this answer. */
    boolean isLast() {
        return isLast;
    }

    /**
     * Takes what has arrived.
     *
     * @return whether the answer is complete
     * @throws BadAnswer if it is not the expected one, or if more arrives than belongs to it
     */
    boolean read(ByteBuffer in) throws BadAnswer {
        if (state == State.HEAD && !readHead(in)) {
            return false;
        }
        boolean isComplete = switch (state) {
            case LENGTH -> readPiece(in);
            case CHUNKED -> readChunks(in);
            case UNTIL_CLOSE -> {
                body(in, in.remaining());
                yield false;
            }
            case HEAD -> throw new AssertionError("the head is complete");
        };
        if (isComplete) {
            checkEnd(in);
        }
        return isComplete;
    }

    /**
     * The server has closed the connection.
     *
     * @throws BadAnswer if that does not end an answer
     */
    void end() throws BadAnswer {
        if (state != State.UNTIL_CLOSE) {
            throw new BadAnswer(
                    isUntouched()
                            ? "the connection was closed before an answer"
                            : "the connection was closed after " + received + " bytes of a body");
        }
        checkLength();
    }

    private boolean readHead(ByteBuffer in) throws BadAnswer {
        while (in.hasRemaining()) {
            if (!head.hasRemaining()) {
                throw new BadAnswer("a head of more than " + MAX_HEAD + " bytes");
            }
            byte next = in.get();
            head.put(next);
            if (next == '\n') {
                if (++lineBreaks == 2) {
                    parseHead();
                    return true;
                }
            } else if (next != '\r') {
                lineBreaks = 0;
            }
        }
        return false;
    }

    private void parseHead() throws BadAnswer {
        byte[] bytes = head.array();
        int end = head.position();
        if (!startsWith(bytes, 0, "http/1.1 200 ") && !startsWith(bytes, 0, "http/1.0 200 ")) {
            throw new BadAnswer("the answer "
                    + new String(bytes, 0, Math.min(end, 100), StandardCharsets.ISO_8859_1)
                            .lines()
                            .findFirst()
                            .orElse(""));
        }
        boolean isHttp10 = bytes[7] == '0';
        isLast = isHttp10;
        remaining = -1;
        state = State.UNTIL_CLOSE;
        for (int line = next(bytes, 0); line < end; line = next(bytes, line)) {
            if (startsWith(bytes, line, "content-length:")) {
                remaining = Long.parseLong(value(bytes, line + "content-length:".length()));
                state = State.LENGTH;
            } else if (startsWith(bytes, line, "transfer-encoding:")) {
                state = State.CHUNKED;
            } else if (startsWith(bytes, line, "connection:")) {
                isLast = value(bytes, line + "connection:".length()).equalsIgnoreCase("close");
            }
        }
        if (state == State.LENGTH && remaining != expected.length()) {
            throw new BadAnswer("Content-Length " + remaining + ", but expected were " + expected.length());
        }
        isLast |= state == State.UNTIL_CLOSE;
    }

    private static int next(byte[] bytes, int from) {
        int at = from;
        while (bytes[at] != '\n') {
            at++;
        }
        return at + 1;
    }

    private static String value(byte[] bytes, int from) {
        return new String(bytes, from, next(bytes, from) - 1 - from, StandardCharsets.ISO_8859_1).strip();
    }

    private static boolean startsWith(byte[] bytes, int from, String lower) {
        for (int i = 0; i < lower.length(); i++) {
            int given = bytes[from + i];
            if ((given >= 'A' && given <= 'Z' ? given + ('a' - 'A') : given) != lower.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private boolean readPiece(ByteBuffer in) throws BadAnswer {
        int count = (int) Math.min(remaining, in.remaining());
        body(in, count);
        remaining -= count;
        return remaining == 0;
    }

    private boolean readChunks(ByteBuffer in) throws BadAnswer {
        while (in.hasRemaining()) {
            int count = (int) Math.min(chunks.remaining(), in.remaining());
            if (count > 0) {
                body(in, count);
                chunks.consumed(count);
            } else if (chunks.read(in.get())) {
                return true;
            }
        }
        return false;
    }

    private void body(ByteBuffer in, int count) throws BadAnswer {
        if (content != null) {
            if (received + count > content.capacity()) {
                throw new BadAnswer("a body of more than the expected " + content.capacity() + " bytes");
            }
            int wrong = in.slice(in.position(), count).mismatch(content.slice((int) received, count));
            if (wrong >= 0) {
                throw new BadAnswer("the body differs from the expected one at byte " + (received + wrong));
            }
        }
        in.position(in.position() + count);
        received += count;
    }

    private void checkEnd(ByteBuffer in) throws BadAnswer {
        checkLength();
        if (in.hasRemaining()) {
            throw new BadAnswer(in.remaining() + " bytes after the end of the answer");
        }
    }

    private void checkLength() throws BadAnswer {
        if (received != expected.length()) {
            throw new BadAnswer("a body of " + received + " bytes, but expected were " + expected.length());
        }
    }
}

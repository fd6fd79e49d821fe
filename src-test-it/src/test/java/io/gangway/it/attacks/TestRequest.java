package io.gangway.it.attacks;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.gangway.it.client.Answer;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * A request whose number decides each byte of its body, and of its answer.
 *
 * @param path with mount point, kind and number
 * @param size bytes of the body, and of the answer
 * @param isSized whether the body, if there is one, has a Content-Length
 */
record TestRequest(Kind kind, String path, int number, int size, boolean isSized) {
    /** More than the buffers of both sockets hold if the client's is {@link Http1Client#SMALL_BUFFER}. */
    static final int LARGE = 3 << 20;

    /** Max bytes of an answer to a body that was not read: a server that then closes the connection may lose those that are not sent. */
    static final int SMALL = 5_000;

    private static final int LINE = 8;
    private static final byte[] FILE = lines(LARGE + (1 << 16));
    private static final int PIECE = 3_000;
    private static final int STREAM = 10_000;
    private static final int[] SIZES = {2, 100, 5_000, 70_000, 200_000};
    private static final int SMALL_SIZES = 3;

    /** Larger than what a server reads of a body that nobody wants, with room for the half that is sent. */
    private static final int UNREAD = 300_000;

    static TestRequest of(Kind kind, String base, int number, Random random) {
        boolean isSized = random.nextBoolean();
        return of(kind, base, number, isSized, random);
    }

    /** The request of an attack, which its state needs. */
    static TestRequest of(Attack attack, Random random) {
        if (attack.state().needsStreaming()) {
            return make(attack.kind(), attack.mount().base(), attack.number(), UNREAD, true);
        }
        boolean isSized = attack.state() != State.IN_A_BODY_WITHOUT_LENGTH
                && (attack.state() == State.IN_A_SIZED_BODY || random.nextBoolean());
        return of(attack.kind(), attack.mount().base(), attack.number(), isSized, random);
    }

    private static TestRequest of(Kind kind, String base, int number, boolean isSized, Random random) {
        int size = switch (kind) {
            // A server may close a connection instead of reading the rest of a large body.
            case IGNORE -> SIZES[random.nextInt(SMALL_SIZES)];
            case ECHO, SLOW, SILENT -> SIZES[random.nextInt(SIZES.length)];
            case PAUSE, STREAM, GATHER -> STREAM;
            case LARGE -> LARGE;
            case FILE -> FILE.length - offset(number);
        };
        return make(kind, base, number, size, isSized);
    }

    private static TestRequest make(Kind kind, String base, int number, int size, boolean isSized) {
        return new TestRequest(kind, base + "/" + kind.path() + "/" + number, number, size, isSized);
    }

    /** Bytes that belong to a number. */
    static byte[] pattern(int number, int size) {
        byte[] unit = (number + ":").getBytes(ISO_8859_1);
        byte[] bytes = new byte[size];
        for (int i = 0; i < size; i++) {
            bytes[i] = unit[i % unit.length];
        }
        return bytes;
    }

    /** The bytes of the file of which {@link Kind#FILE} sends a part: each line has its own number. */
    static byte[] file() {
        return FILE.clone();
    }

    private static byte[] lines(int size) {
        byte[] lines = new byte[size];
        for (int at = 0; at < size; at += LINE) {
            lines[at + LINE - 1] = '\n';
            int number = at / LINE;
            for (int digit = LINE - 2; digit >= 0; digit--) {
                lines[at + digit] = (byte) ('0' + number % 10);
                number /= 10;
            }
        }
        return lines;
    }

    /** Where the part of a file begins that belongs to a number. */
    static int offset(int number) {
        return number % 1_000 * LINE;
    }

    String method() {
        return kind.hasBody() ? "POST" : "GET";
    }

    byte[] body() {
        return kind.hasBody() ? pattern(number, size) : new byte[0];
    }

    /** The headers, as names and values. */
    List<String> headers() {
        List<String> headers = new ArrayList<>(List.of("x-size", Integer.toString(size)));
        if (kind.hasBody() && isSized) {
            headers.addAll(List.of("content-length", Integer.toString(size)));
        }
        return headers;
    }

    byte[] http1Head() {
        StringBuilder head = new StringBuilder(method() + " " + path + " HTTP/1.1\r\nHost: here\r\n");
        List<String> headers = headers();
        for (int i = 0; i < headers.size(); i += 2) {
            head.append(headers.get(i)).append(": ").append(headers.get(i + 1)).append("\r\n");
        }
        if (kind.hasBody() && !isSized) {
            head.append("Transfer-Encoding: chunked\r\n");
        }
        return head.append("\r\n").toString().getBytes(ISO_8859_1);
    }

    /** The body, in chunks if it has no length. */
    byte[] http1Body() {
        byte[] body = body();
        if (isSized || !kind.hasBody()) {
            return body;
        }
        ByteArrayOutputStream chunks = new ByteArrayOutputStream();
        for (int at = 0; at < body.length; at += PIECE) {
            int length = Math.min(PIECE, body.length - at);
            chunks.writeBytes((Integer.toHexString(length) + "\r\n").getBytes(ISO_8859_1));
            chunks.write(body, at, length);
            chunks.writeBytes("\r\n".getBytes(ISO_8859_1));
        }
        chunks.writeBytes("0\r\n\r\n".getBytes(ISO_8859_1));
        return chunks.toByteArray();
    }

    /**
     * Head and body, to be sent at once: a server that answers without reading the body may close the connection if it has not come
     * by then.
     */
    byte[] inHttp1() {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(http1Head());
        all.writeBytes(http1Body());
        return all.toByteArray();
    }

    /** Throws an {@link AssertionError} unless the answer is this request's, and whole. */
    void check(Answer answer) {
        answer.endedCleanly();
        checkBegin(answer);
        answer.check(isWhole(answer), "the answer " + number + " with " + expected().length + " bytes");
    }

    /** Throws an {@link AssertionError} unless the answer is this request's, as far as it came. */
    void checkBegin(Answer answer) {
        answer.check(
                answer.code() == 200 && answer.values("X-Number").equals(List.of(Integer.toString(number))),
                "200 with the number " + number);
        String expected = new String(expected(), ISO_8859_1);
        String came = answer.text();
        if (!expected.startsWith(came)) {
            int at = 0;
            while (at < Math.min(came.length(), expected.length()) && came.charAt(at) == expected.charAt(at)) {
                at++;
            }
            answer.check(
                    false,
                    "the bytes of " + number + ", not from byte " + at + " on "
                            + came.substring(at, Math.min(came.length(), at + 40)));
        }
    }

    boolean isWhole(Answer answer) {
        return answer.length() == expected().length;
    }

    private byte[] expected() {
        if (kind != Kind.FILE) {
            return pattern(number, kind == Kind.IGNORE ? Math.min(size, SMALL) : size);
        }
        return Arrays.copyOfRange(FILE, offset(number), FILE.length);
    }

    @Override
    public String toString() {
        return method() + " " + path + " with " + size + " bytes" + (isSized ? "" : ", without a length");
    }
}

package io.gangway.it.websocket;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.gangway.it.client.RawConnection;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A client of one WebSocket that sends and reads single frames (RFC 6455, section 5), also faulty ones.
 *
 * <p>Used by one thread. The caller that opens it must close it.
 */
public final class RawWebSocket implements AutoCloseable {
    /** Opcodes. */
    public static final int CONTINUATION = 0;
    /** Text. */
    public static final int TEXT = 1;
    /** Bytes. */
    public static final int BINARY = 2;
    /** Close. */
    public static final int CLOSE = 8;
    /** Ping. */
    public static final int PING = 9;
    /** Pong. */
    public static final int PONG = 10;

    private static final byte[] MASK = {1, 2, 3, 4};

    /**
     * A frame of the server.
     *
     * @param isLast whether the message ends with it
     * @param isCompressed whether it begins a message that is compressed (RFC 7692, section 6)
     * @param opcode as above
     * @param payload the bytes
     */
    @SuppressWarnings("ArrayRecordComponent") // frames are not compared
    public record Frame(boolean isLast, boolean isCompressed, int opcode, byte[] payload) {
        /** The payload as text. */
        public String text() {
            return new String(payload, UTF_8);
        }

        /** The code of a close; 1005 if it has none. */
        public int code() {
            return payload.length < 2 ? 1005 : ((payload[0] & 0xff) << 8) | (payload[1] & 0xff);
        }
    }

    private final RawConnection connection;
    private final List<String> head;

    private RawWebSocket(RawConnection connection, List<String> head) {
        this.connection = connection;
        this.head = head;
    }

    /** The request for a WebSocket. */
    public static String request(String path, String... headerLines) {
        StringBuilder request = new StringBuilder("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n"
                + "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n");
        for (String line : headerLines) {
            request.append(line).append("\r\n");
        }
        return request.append("\r\n").toString();
    }

    /** Opens a WebSocket; fails if the answer is another one than 101. */
    public static RawWebSocket open(RawConnection connection, String path, String... headerLines) throws IOException {
        connection.send(request(path, headerLines));
        RawWebSocket opened = accepted(connection);
        return opened;
    }

    /** Reads the answer to a request for a WebSocket. */
    public static RawWebSocket accepted(RawConnection connection) throws IOException {
        List<String> lines = connection.readHead().lines().toList();
        if (!lines.get(0).startsWith("HTTP/1.1 101")) {
            throw new AssertionError("expected 101, found " + lines);
        }
        return new RawWebSocket(connection, lines);
    }

    /** A header of the answer to the handshake. */
    public Optional<String> header(String name) {
        String prefix = name.toLowerCase(Locale.ROOT) + ":";
        return head.stream()
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(prefix))
                .map(line -> line.substring(prefix.length()).strip())
                .findFirst();
    }

    /** Sends a text message in one frame. */
    public RawWebSocket text(String text) throws IOException {
        return frame(true, TEXT, text.getBytes(UTF_8));
    }

    /** Sends a close with a code. */
    public RawWebSocket close(int code, String reason) throws IOException {
        ByteArrayOutputStream payload = new ByteArrayOutputStream();
        payload.write(code >> 8);
        payload.write(code);
        payload.writeBytes(reason.getBytes(UTF_8));
        return frame(true, CLOSE, payload.toByteArray());
    }

    /** Sends one frame, masked as a client's must be. */
    public RawWebSocket frame(boolean isLast, int opcode, byte[] payload) throws IOException {
        connection.send(bytes(isLast, opcode, payload));
        return this;
    }

    /** A frame's bytes. */
    public static byte[] bytes(boolean isLast, int opcode, byte[] payload) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(payload.length + 14);
        out.write((isLast ? 0x80 : 0) | opcode);
        if (payload.length < 126) {
            out.write(0x80 | payload.length);
        } else if (payload.length < 1 << 16) {
            out.write(0x80 | 126);
            out.write(payload.length >> 8);
            out.write(payload.length);
        } else {
            out.write(0x80 | 127);
            for (int shift = 56; shift >= 0; shift -= 8) {
                out.write((int) ((long) payload.length >> shift));
            }
        }
        out.writeBytes(MASK);
        for (int i = 0; i < payload.length; i++) {
            out.write(payload[i] ^ MASK[i & 3]);
        }
        return out.toByteArray();
    }

    /** Sends bytes as they are. */
    public void raw(byte[] bytes) throws IOException {
        connection.send(bytes);
    }

    /** Reads one frame. */
    public Frame frame() throws IOException {
        int first = connection.readByte();
        long length = connection.readByte() & 0x7f;
        if (length == 126) {
            length = number(2);
        } else if (length == 127) {
            length = number(8);
        }
        byte[] payload = connection.readBytes((int) length);
        return new Frame((first & 0x80) != 0, (first & 0x40) != 0, first & 0x0f, payload);
    }

    private long number(int bytes) throws IOException {
        long number = 0;
        for (int i = 0; i < bytes; i++) {
            number = (number << 8) | connection.readByte();
        }
        return number;
    }

    /** Reads one message, whatever its frames; pings between them are answered. */
    public Frame message() throws IOException {
        List<Frame> frames = new ArrayList<>();
        int size = 0;
        while (true) {
            Frame next = frame();
            if (next.opcode() == PING) {
                frame(true, PONG, next.payload());
            } else if (next.opcode() >= CLOSE) {
                return next;
            } else {
                frames.add(next);
                size += next.payload().length;
                if (next.isLast()) {
                    ByteArrayOutputStream all = new ByteArrayOutputStream(size);
                    frames.forEach(part -> all.writeBytes(part.payload()));
                    Frame begin = frames.get(0);
                    return new Frame(true, begin.isCompressed(), begin.opcode(), all.toByteArray());
                }
            }
        }
    }

    /** Reads messages until the close, and returns that. */
    public Frame closed() throws IOException {
        while (true) {
            Frame next = message();
            if (next.opcode() == CLOSE) {
                return next;
            }
        }
    }

    /** The connection below. */
    public RawConnection connection() {
        return connection;
    }

    /** The head of the answer, for messages. */
    @Override
    public String toString() {
        return new String(String.join("\n", head).getBytes(ISO_8859_1), ISO_8859_1);
    }

    @Override
    public void close() throws IOException {
        connection.close();
    }
}

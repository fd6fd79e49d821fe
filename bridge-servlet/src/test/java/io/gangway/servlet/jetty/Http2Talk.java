package io.gangway.servlet.jetty;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;

/** A small HTTP/2 client for tests (RFC 9113): it sends one GET at a time, and reads the frames of the answer. */
final class Http2Talk {
    static final int DATA = 0;
    static final int HEADERS = 1;
    static final int GOAWAY = 7;
    private static final int SETTINGS = 4;
    private static final int END_STREAM_AND_HEADERS = 0x5;

    private final Socket socket;
    private final DataInputStream input;

    /** A frame's type and its payload, a byte as a char. */
    record Frame(int type, String payload) {
        /** The status, which Jetty writes as an index of the static table if the table has it (RFC 7541, appendix A). */
        int status() {
            int at = 0;
            while ((payload.charAt(at) & 0xe0) == 0x20) { // a change of the table's size, section 6.3
                boolean isLong = (payload.charAt(at++) & 0x1f) == 0x1f;
                while (isLong && (payload.charAt(at++) & 0x80) != 0) {
                    // its next bytes
                }
            }
            return switch (payload.charAt(at)) {
                case 0x88 -> 200;
                case 0x8e -> 500;
                default -> throw new AssertionError("HPACK goes on with " + (int) payload.charAt(at));
            };
        }
    }

    /** Opens the connection by prior knowledge. */
    Http2Talk(Socket socket) throws IOException {
        this.socket = socket;
        this.input = new DataInputStream(socket.getInputStream());
        socket.getOutputStream().write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(ISO_8859_1));
        send(SETTINGS, 0, 0, new byte[0]);
    }

    /** Sends a GET for a short path on stream 1. */
    void get(String path) throws IOException {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        block.write(0x82); // :method GET
        block.write(0x86); // :scheme http
        block.write(0x44); // :path
        block.write(path.length());
        block.write(path.getBytes(ISO_8859_1));
        block.write(0x41); // :authority
        block.write(4);
        block.write("shop".getBytes(ISO_8859_1));
        send(HEADERS, END_STREAM_AND_HEADERS, 1, block.toByteArray());
    }

    private void send(int type, int flags, int stream, byte[] payload) throws IOException {
        ByteBuffer frame = ByteBuffer.allocate(9 + payload.length);
        frame.put((byte) 0).putShort((short) payload.length).put((byte) type).put((byte) flags);
        socket.getOutputStream().write(frame.putInt(stream).put(payload).array());
    }

    /** The next frame. */
    Frame read() throws IOException {
        int length = input.readUnsignedByte() << 16 | input.readUnsignedShort();
        int type = input.readUnsignedByte();
        input.skipNBytes(5);
        return new Frame(type, new String(input.readNBytes(length), ISO_8859_1));
    }

    /** The next frame of a type; those before it are dropped. */
    Frame read(int type) throws IOException {
        Frame frame = read();
        while (frame.type() != type) {
            frame = read();
        }
        return frame;
    }
}

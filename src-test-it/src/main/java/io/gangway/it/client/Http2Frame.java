package io.gangway.it.client;

import java.nio.ByteBuffer;

/**
 * A frame of HTTP/2 (RFC 9113, section 4.1).
 *
 * @param type one of the constants here
 * @param flags as they are sent
 * @param stream 0 for the connection
 * @param payload the bytes after the frame's head; not copied
 */
@SuppressWarnings("ArrayRecordComponent") // frames are not compared
public record Http2Frame(int type, int flags, int stream, byte[] payload) {
    /** DATA. */
    public static final int DATA = 0;
    /** HEADERS. */
    public static final int HEADERS = 1;
    /** PRIORITY. */
    public static final int PRIORITY = 2;
    /** RST_STREAM. */
    public static final int RST_STREAM = 3;
    /** SETTINGS. */
    public static final int SETTINGS = 4;
    /** PING. */
    public static final int PING = 6;
    /** GOAWAY. */
    public static final int GOAWAY = 7;
    /** WINDOW_UPDATE. */
    public static final int WINDOW_UPDATE = 8;
    /** CONTINUATION. */
    public static final int CONTINUATION = 9;

    /** ACK, of SETTINGS and PING. */
    public static final int ACK = 0x1;
    /** END_STREAM, of HEADERS and DATA. */
    public static final int END_STREAM = 0x1;
    /** END_HEADERS, of HEADERS and CONTINUATION. */
    public static final int END_HEADERS = 0x4;

    private static final int HEAD_SIZE = 9;

    /**
     * A frame whose payload is one number, as in RST_STREAM.
     *
     * @param value sent in four bytes
     */
    public static Http2Frame ofInt(int type, int stream, int value) {
        return new Http2Frame(
                type, 0, stream, ByteBuffer.allocate(4).putInt(value).array());
    }

    /** Whether a flag is set. */
    public boolean has(int flag) {
        return (flags & flag) != 0;
    }

    /**
     * A number in the payload.
     *
     * @param offset of its first byte
     * @return four bytes, as they are
     */
    public int intAt(int offset) {
        return ByteBuffer.wrap(payload).getInt(offset);
    }

    byte[] bytes() {
        return ByteBuffer.allocate(HEAD_SIZE + payload.length)
                .put((byte) (payload.length >> 16))
                .putShort((short) payload.length)
                .put((byte) type)
                .put((byte) flags)
                .putInt(stream)
                .put(payload)
                .array();
    }
}

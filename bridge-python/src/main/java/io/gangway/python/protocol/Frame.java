package io.gangway.python.protocol;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.List;

/**
 * One frame, as received.
 *
 * <p>The payload is not copied: it belongs to the receiver of the frame.
 */
public final class Frame {
    /** Max bytes of a payload: far more than any head has, and a heap can hold one for each connection. */
    public static final int MAX_PAYLOAD = 1 << 20;

    /** Bytes in front of a payload: the type and the length. */
    public static final int HEADER_SIZE = 5;

    private final FrameType type;
    private final byte[] payload;

    Frame(FrameType type, byte[] payload) {
        this.type = type;
        this.payload = payload;
    }

    /**
     * The frame's type.
     *
     * @return the type
     */
    public FrameType type() {
        return type;
    }

    /**
     * The frame's payload.
     *
     * @return the array itself
     */
    public byte[] payload() {
        return payload;
    }

    /**
     * The text fields of the payload.
     *
     * @return at least one, possibly empty
     * @throws ProtocolException if they are not in the type's charset
     */
    public List<String> fields() throws ProtocolException {
        return split(text(payload, 0));
    }

    /**
     * The text fields of a payload whose number of fields is known.
     *
     * @param count how many there must be
     * @return that many
     * @throws ProtocolException if there are more or fewer
     */
    public List<String> fields(int count) throws ProtocolException {
        List<String> fields = fields();
        if (fields.size() != count) {
            throw new ProtocolException(type + " should have " + count + " fields, not " + fields.size());
        }
        return fields;
    }

    /**
     * The four bytes of a PULL.
     *
     * @return the max number of bytes that the worker wants; positive
     * @throws ProtocolException if the payload is not four bytes, or zero
     */
    public int wanted() throws ProtocolException {
        if (payload.length != 4) {
            throw new ProtocolException(type + " should have 4 bytes, not " + payload.length);
        }
        long wanted = Integer.toUnsignedLong(ByteBuffer.wrap(payload).getInt());
        if (wanted == 0) {
            throw new ProtocolException(type + " of 0 bytes");
        }
        return (int) Math.min(wanted, Integer.MAX_VALUE);
    }

    /**
     * A REQUEST's keys and values, decoded as the worker does it; for tests of the encoder.
     *
     * @return key, value, key, value
     * @throws ProtocolException if it is too short, has unknown flags, number 0, or a key without a value
     */
    List<String> requestFields() throws ProtocolException {
        int flags = payload.length < 2 ? -1 : payload[1] & 0xff;
        if (flags < 0 || flags > FrameEncoder.FLAG_PUSHED || payload[0] == 0) {
            throw new ProtocolException(type + " of " + payload.length + " bytes with flags " + flags);
        }
        List<String> fields = split(text(payload, 2));
        if (type == FrameType.REQUEST && fields.size() % 2 != 0) {
            throw new ProtocolException(type + " with a key that has no value");
        }
        return fields;
    }

    private String text(byte[] bytes, int start) throws ProtocolException {
        Charset charset = type.charset();
        if (charset.equals(ISO_8859_1)) {
            return new String(bytes, start, bytes.length - start, ISO_8859_1);
        }
        try {
            return charset.newDecoder()
                    .decode(ByteBuffer.wrap(bytes, start, bytes.length - start))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new ProtocolException("a field of " + type + " is not " + charset);
        }
    }

    private static List<String> split(String text) {
        List<String> fields = new ArrayList<>();
        int start = 0;
        for (int end = text.indexOf('\0'); end >= 0; end = text.indexOf('\0', start)) {
            fields.add(text.substring(start, end));
            start = end + 1;
        }
        fields.add(text.substring(start));
        return fields;
    }

    @Override
    public String toString() {
        return type + " of " + payload.length + " bytes";
    }
}

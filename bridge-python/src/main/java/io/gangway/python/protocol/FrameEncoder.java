package io.gangway.python.protocol;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.util.List;

/** Turns frames into bytes. A frame that cannot be encoded is refused before any byte of it has been sent. */
public final class FrameEncoder {
    /** The body is empty. */
    public static final int FLAG_EMPTY = 1;
    /** BODY and BODY_END follow without a PULL. */
    public static final int FLAG_PUSHED = 2;

    private FrameEncoder() {}

    /** A text cannot be encoded: it holds a NUL or a character that the frame's charset does not have, or it is too long. */
    public static final class UnencodableException extends IllegalArgumentException {
        private static final long serialVersionUID = 1L;

        UnencodableException(String message) {
            super(message);
        }
    }

    /**
     * A frame without a payload.
     *
     * @param type for example {@link FrameType#BODY_END}
     * @return the encoded frame
     */
    public static byte[] empty(FrameType type) {
        return bytes(type, new byte[0], 0, 0);
    }

    /**
     * A frame of bytes.
     *
     * @param type for example {@link FrameType#BODY}
     * @param data holds the payload
     * @param offset where it begins
     * @param length how long it is
     * @return the encoded frame
     */
    public static byte[] bytes(FrameType type, byte[] data, int offset, int length) {
        return begin(type, length).put(data, offset, length).array();
    }

    /**
     * A frame of text fields.
     *
     * @param type for example {@link FrameType#FORK}
     * @param fields at least one
     * @return the encoded frame
     * @throws UnencodableException if a field holds a NUL or is not in the type's charset, or if they are too long
     */
    public static byte[] fields(FrameType type, List<String> fields) {
        byte[] joined = joined(type, fields);
        return bytes(type, joined, 0, joined.length);
    }

    /**
     * A REQUEST or SCOPE.
     *
     * @param type one of both
     * @param sequence 1 to 255
     * @param flags {@link #FLAG_EMPTY}, {@link #FLAG_PUSHED} or 0
     * @param fields key, value, key, value
     * @return the encoded frame
     * @throws UnencodableException as {@link #fields}
     */
    public static byte[] request(FrameType type, int sequence, int flags, List<String> fields) {
        byte[] joined = joined(type, fields);
        return begin(type, joined.length + 2)
                .put((byte) sequence)
                .put((byte) flags)
                .put(joined)
                .array();
    }

    /**
     * Gives an encoded REQUEST or SCOPE another number.
     *
     * @param request from {@link #request}; changed
     * @param sequence 1 to 255
     */
    public static void number(byte[] request, int sequence) {
        request[Frame.HEADER_SIZE] = (byte) sequence;
    }

    /**
     * What comes before a frame's payload.
     *
     * @param type of the frame
     * @param length bytes of the payload
     * @return the first {@link Frame#HEADER_SIZE} bytes of the frame
     */
    public static byte[] header(FrameType type, int length) {
        checkLength(type, length);
        return ByteBuffer.allocate(Frame.HEADER_SIZE)
                .put((byte) type.code())
                .putInt(length)
                .array();
    }

    /**
     * A frame whose payload is already where it is to be: behind the room for its header.
     *
     * @param type of the frame
     * @param room {@link Frame#HEADER_SIZE} bytes, and the payload; the frame is made of it
     * @param length bytes of the payload
     * @return the encoded frame
     */
    public static ByteBuffer inPlace(FrameType type, byte[] room, int length) {
        checkLength(type, length);
        ByteBuffer frame = ByteBuffer.wrap(room, 0, Frame.HEADER_SIZE + length);
        frame.put((byte) type.code()).putInt(length).position(0);
        return frame;
    }

    private static void checkLength(FrameType type, int length) {
        if (length > Frame.MAX_PAYLOAD) {
            throw new UnencodableException(
                    "a " + type + " frame of " + length + " bytes; at most " + Frame.MAX_PAYLOAD + " fit");
        }
    }

    private static ByteBuffer begin(FrameType type, int length) {
        checkLength(type, length);
        return ByteBuffer.allocate(Frame.HEADER_SIZE + length)
                .put((byte) type.code())
                .putInt(length);
    }

    private static byte[] joined(FrameType type, List<String> fields) {
        if (fields.isEmpty()) {
            throw new UnencodableException("a " + type + " frame without a field");
        }
        StringBuilder joined = new StringBuilder(1024);
        for (String field : fields) {
            if (field.indexOf('\0') >= 0) {
                throw new UnencodableException("a NUL in a field of " + type);
            }
            joined.append(field).append('\0');
        }
        joined.setLength(joined.length() - 1);
        return encoded(type, joined.toString());
    }

    private static byte[] encoded(FrameType type, String text) {
        Charset charset = type.charset();
        if (charset.equals(ISO_8859_1) && isLatin1(text)) {
            return text.getBytes(ISO_8859_1);
        }
        try {
            ByteBuffer encoded = charset.newEncoder().encode(CharBuffer.wrap(text));
            byte[] bytes = new byte[encoded.remaining()];
            encoded.get(bytes);
            return bytes;
        } catch (CharacterCodingException e) {
            throw new UnencodableException("a field of " + type + " is not " + charset);
        }
    }

    private static boolean isLatin1(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) > 0xff) {
                return false;
            }
        }
        return true;
    }
}

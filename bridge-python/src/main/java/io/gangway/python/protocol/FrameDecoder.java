package io.gangway.python.protocol;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Turns received bytes into frames, whatever pieces the bytes come in.
 *
 * <p>It holds no more memory than its buffer and one payload. Not thread-safe; of no further use after a {@link ProtocolException}.
 */
public final class FrameDecoder {
    /** Bytes received at once: a whole usual response, or a piece of a large one. */
    private static final int BUFFER_SIZE = 32 << 10;

    /** Receives bytes into a buffer that has room for at least one: {@code channel::read}. */
    @FunctionalInterface
    public interface Source {
        /**
         * Receives.
         *
         * @param space takes the bytes
         * @return how many bytes came; negative at the end
         * @throws IOException if it failed
         */
        int read(ByteBuffer space) throws IOException;
    }

    /** In the state for reading from it. Outside the heap, because channels copy the bytes of buffers on the heap. */
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_SIZE).limit(0);

    /** Max bytes of the next payload. */
    private int maxLength;

    private @Nullable FrameType type;
    private byte[] payload = {};
    private int filled;

    /** A decoder of frames up to {@link Frame#MAX_PAYLOAD}. */
    public FrameDecoder() {
        this(Frame.MAX_PAYLOAD);
    }

    /**
     * A decoder for a peer that is not known before its first frame.
     *
     * @param maxFirst max bytes of the first payload; those of the others are {@link Frame#MAX_PAYLOAD}
     */
    public FrameDecoder(int maxFirst) {
        maxLength = maxFirst;
    }

    /**
     * Receives once; to be called when {@link #next} has given null.
     *
     * @param source gives the bytes
     * @return how many bytes came; negative at the end
     * @throws IOException if the source failed
     */
    public int receive(Source source) throws IOException {
        buffer.compact();
        try {
            return source.read(buffer);
        } finally {
            buffer.flip();
        }
    }

    /**
     * The next complete frame.
     *
     * @return null if more bytes are needed
     * @throws ProtocolException on an unknown type, or a length beyond the limit
     */
    public @Nullable Frame next() throws ProtocolException {
        if (type == null) {
            if (buffer.remaining() < Frame.HEADER_SIZE) {
                return null;
            }
            begin();
        }
        int count = Math.min(buffer.remaining(), payload.length - filled);
        buffer.get(payload, filled, count);
        filled += count;
        if (type == null || filled < payload.length) {
            return null;
        }
        Frame frame = new Frame(type, payload);
        type = null;
        payload = new byte[0];
        return frame;
    }

    private void begin() throws ProtocolException {
        int code = buffer.get() & 0xff;
        int length = buffer.getInt();
        FrameType found = FrameType.of(code)
                .orElseThrow(() -> new ProtocolException(String.format("a frame of unknown type 0x%02x", code)));
        if (length < 0 || length > maxLength) {
            throw new ProtocolException("a " + found + " frame of " + Integer.toUnsignedString(length)
                    + " bytes; at most " + maxLength + " are allowed");
        }
        maxLength = Frame.MAX_PAYLOAD;
        type = found;
        payload = new byte[length];
        filled = 0;
    }

    /**
     * The bytes that have been received and not decoded: those after the last frame, which on a stdout connection are no frames.
     *
     * @return a copy; the decoder is empty afterwards
     */
    public byte[] remainder() {
        byte[] remainder = new byte[buffer.remaining()];
        buffer.get(remainder);
        return remainder;
    }

    /**
     * Whether no frame is incomplete.
     *
     * @return true between two frames
     */
    public boolean isBetweenFrames() {
        return type == null && !buffer.hasRemaining();
    }
}

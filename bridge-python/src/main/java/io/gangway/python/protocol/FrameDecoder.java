package io.gangway.python.protocol;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Turns received bytes into frames, whatever the pieces they come in.
 *
 * <p>Memory is bounded by the buffer and one payload. Not thread-safe; of no further use after a {@link ProtocolException}.
 */
public final class FrameDecoder {
    /** Bytes received at once: a usual response whole, or a piece of a large one. */
    private static final int BUFFER_SIZE = 32 << 10;

    /** Receives bytes into a buffer that has room for at least one: {@code channel::read}. */
    @FunctionalInterface
    public interface Source {
        /**
         * Receives.
         *
         * @param space where to
         * @return how many bytes came; negative at the end
         * @throws IOException if it failed
         */
        int read(ByteBuffer space) throws IOException;
    }

    /** Ready to be read from; outside the heap, since channels would copy from there. */
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_SIZE).limit(0);

    /** Bytes that the next payload may have. */
    private int longest;

    private @Nullable FrameType type;
    private byte[] payload = {};
    private int filled;

    /** A decoder of frames up to {@link Frame#MAX_PAYLOAD}. */
    public FrameDecoder() {
        this(Frame.MAX_PAYLOAD);
    }

    /**
     * A decoder for somebody of whom nothing is known before the first frame.
     *
     * @param longestFirst bytes that the first payload may have; the others may have {@link Frame#MAX_PAYLOAD}
     */
    public FrameDecoder(int longestFirst) {
        longest = longestFirst;
    }

    /**
     * Receives once; to be called when {@link #next} has given null.
     *
     * @param source where from
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
        if (length < 0 || length > longest) {
            throw new ProtocolException("a " + found + " frame of " + Integer.toUnsignedString(length)
                    + " bytes; at most " + longest + " are allowed");
        }
        longest = Frame.MAX_PAYLOAD;
        type = found;
        payload = new byte[length];
        filled = 0;
    }

    /**
     * What has been received and not decoded: bytes behind the last frame, which on a stdout connection are no frames.
     *
     * @return a copy; the decoder is empty afterwards
     */
    public byte[] remainder() {
        byte[] rest = new byte[buffer.remaining()];
        buffer.get(rest);
        return rest;
    }

    /**
     * Whether nothing waits for its rest.
     *
     * @return true between two frames
     */
    public boolean isBetweenFrames() {
        return type == null && !buffer.hasRemaining();
    }
}

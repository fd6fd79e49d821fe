package io.gangway.python.protocol;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Turns received bytes into frames, whatever pieces the bytes come in.
 *
 * <p>It holds no more memory than its buffer and one payload. Many decoders of one thread may share a buffer: then each holds only what it has received and not decoded
 * when its turn ends ({@link #keep}). Not thread-safe; of no further use after a {@link ProtocolException}.
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

    private static final byte[] NOTHING = {};

    /** In the state for reading from it. Outside the heap, because channels copy the bytes of buffers on the heap. */
    private final ByteBuffer buffer;

    private final boolean isShared;
    /** Whether a shared buffer has this decoder's bytes; if not, they are in {@link #kept}. */
    private boolean isLoaded;

    private byte[] kept = NOTHING;

    /** Max bytes of the next payload. */
    private int maxLength;

    private @Nullable FrameType type;
    private byte[] payload = {};
    private int filled;

    /** A decoder of frames up to {@link Frame#MAX_PAYLOAD}. */
    public FrameDecoder() {
        buffer = ByteBuffer.allocateDirect(BUFFER_SIZE).limit(0);
        isShared = false;
        isLoaded = true;
        maxLength = Frame.MAX_PAYLOAD;
    }

    /**
     * A decoder for a peer that is not known before its first frame. It receives into a buffer of others, as {@link #FrameDecoder(ByteBuffer)} does.
     *
     * @param shared used by one decoder at a time
     * @param maxFirst max bytes of the first payload; those of the others are {@link Frame#MAX_PAYLOAD}
     */
    public FrameDecoder(ByteBuffer shared, int maxFirst) {
        buffer = shared;
        isShared = true;
        maxLength = maxFirst;
    }

    /**
     * A decoder of frames up to {@link Frame#MAX_PAYLOAD} that receives into a buffer of others. {@link #keep} ends each turn of it.
     *
     * @param shared used by one decoder at a time
     */
    public FrameDecoder(ByteBuffer shared) {
        this(shared, Frame.MAX_PAYLOAD);
    }

    /**
     * A decoder with a buffer of its own that goes on after the frames of this one, which is of no further use.
     *
     * @return needs no {@link #keep}
     * @throws IllegalStateException within a frame
     */
    public FrameDecoder withOwnBuffer() {
        if (type != null) {
            throw new IllegalStateException("a " + type + " frame is incomplete");
        }
        FrameDecoder own = new FrameDecoder();
        own.buffer.clear().put(remainder()).flip();
        return own;
    }

    /** Ends a turn with a shared buffer: takes the bytes that have not been decoded out of it. Does nothing with a buffer of its own. */
    public void keep() {
        if (isShared && isLoaded) {
            kept = remainder();
            isLoaded = false;
        }
    }

    private void load() {
        if (!isLoaded) {
            buffer.clear().put(kept).flip();
            kept = NOTHING;
            isLoaded = true;
        }
    }

    /**
     * Receives once; to be called when {@link #next} has given null.
     *
     * @param source gives the bytes
     * @return how many bytes came; negative at the end
     * @throws IOException if the source failed
     */
    public int receive(Source source) throws IOException {
        load();
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
        load();
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
        load();
        byte[] remainder = buffer.hasRemaining() ? new byte[buffer.remaining()] : NOTHING;
        buffer.get(remainder);
        return remainder;
    }

    /**
     * Whether no frame is incomplete.
     *
     * @return true between two frames
     */
    public boolean isBetweenFrames() {
        return type == null && (isLoaded ? !buffer.hasRemaining() : kept.length == 0);
    }
}

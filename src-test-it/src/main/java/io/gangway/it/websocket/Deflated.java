package io.gangway.it.websocket;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/** Payloads that are compressed as permessage-deflate does it (RFC 7692, section 7.2). */
public final class Deflated {
    /** A message's compressed bytes end so, and it is not sent (section 7.2.1). */
    private static final byte[] TAIL = {0, 0, (byte) 0xff, (byte) 0xff};

    private static final int PIECE = 8 << 10;

    private Deflated() {}

    /**
     * Compresses a message.
     *
     * @param payload the message
     * @return without the tail
     */
    public static byte[] of(byte[] payload) {
        return repeated(payload, 1);
    }

    /**
     * Compresses a message that consists of the same block many times; each is compressed on its own.
     *
     * @param block a part of it
     * @param times how often it comes
     * @return without the tail
     */
    public static byte[] repeated(byte[] block, int times) {
        Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION, true);
        byte[] once;
        try {
            deflater.setInput(block);
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            byte[] piece = new byte[PIECE];
            int count;
            while ((count = deflater.deflate(piece, 0, PIECE, Deflater.FULL_FLUSH)) > 0) {
                out.write(piece, 0, count);
            }
            once = out.toByteArray();
        } finally {
            deflater.end();
        }
        ByteArrayOutputStream all = new ByteArrayOutputStream(once.length * times);
        for (int i = 0; i < times; i++) {
            all.writeBytes(once);
        }
        return Arrays.copyOf(all.toByteArray(), all.size() - TAIL.length);
    }

    /**
     * Decompresses a message.
     *
     * @param payload without the tail
     * @return the message
     * @throws IOException if it is not compressed
     */
    public static byte[] inflated(byte[] payload) throws IOException {
        Inflater inflater = new Inflater(true);
        try {
            byte[] whole = Arrays.copyOf(payload, payload.length + TAIL.length);
            System.arraycopy(TAIL, 0, whole, payload.length, TAIL.length);
            inflater.setInput(whole);
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            byte[] piece = new byte[PIECE];
            int count;
            while ((count = inflater.inflate(piece)) > 0) {
                out.write(piece, 0, count);
            }
            return out.toByteArray();
        } catch (DataFormatException e) {
            throw new IOException("not compressed as RFC 7692 says", e);
        } finally {
            inflater.end();
        }
    }

    /**
     * A frame that begins a compressed message (section 6).
     *
     * @param isLast whether the message ends with it
     * @param opcode of RawWebSocket
     * @param payload compressed
     * @return the frame's bytes, masked
     */
    public static byte[] frame(boolean isLast, int opcode, byte[] payload) {
        byte[] bytes = RawWebSocket.bytes(isLast, opcode, payload);
        bytes[0] |= 0x40;
        return bytes;
    }
}

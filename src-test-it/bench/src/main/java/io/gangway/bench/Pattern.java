package io.gangway.bench;

import java.util.zip.CRC32;

/**
 * Bytes that show where they belong: a sequence whose length is prime, over and over, so that a block that is lost,
 * doubled or moved breaks it whatever the block's size. The run script makes the same.
 */
final class Pattern {
    /** A prime near a million. */
    static final int PERIOD = 1_000_003;

    private static final byte[] BYTES = bytes();

    private Pattern() {}

    /** Fills a block with what stands at a position of the stream. */
    static void fill(byte[] block, long position) {
        int done = 0;
        while (done < block.length) {
            int from = (int) ((position + done) % PERIOD);
            int count = Math.min(block.length - done, PERIOD - from);
            System.arraycopy(BYTES, from, block, done, count);
            done += count;
        }
    }

    private static byte[] bytes() {
        byte[] bytes = new byte[PERIOD];
        CRC32 mix = new CRC32();
        for (int i = 0; i < PERIOD; i++) {
            mix.update(i);
            bytes[i] = (byte) mix.getValue();
        }
        return bytes;
    }
}

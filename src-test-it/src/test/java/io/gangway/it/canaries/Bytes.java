package io.gangway.it.canaries;

import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Random;

/** Content for uploads. */
final class Bytes {
    private static final long SEED = 20;

    private Bytes() {}

    /** The same at each call; neither compressible nor free of line ends and NULs. */
    static byte[] pseudoRandom(int size) {
        byte[] bytes = new byte[size];
        new Random(SEED).nextBytes(bytes);
        return bytes;
    }

    /** A stream that repeats a block up to a length. */
    static InputStream repeated(byte[] block, long length) {
        return new InputStream() {
            private long at;

            @Override
            public int read() {
                return at >= length ? -1 : block[(int) (at++ % block.length)] & 0xff;
            }

            @Override
            public int read(byte[] buffer, int offset, int size) {
                if (at >= length) {
                    return -1;
                }
                int from = (int) (at % block.length);
                int count = (int) Math.min(Math.min(size, block.length - from), length - at);
                System.arraycopy(block, from, buffer, offset, count);
                at += count;
                return count;
            }
        };
    }

    static String sha256(byte[] bytes) {
        return HexFormat.of().formatHex(digest().digest(bytes));
    }

    static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}

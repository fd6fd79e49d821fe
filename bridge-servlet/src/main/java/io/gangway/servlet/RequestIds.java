package io.gangway.servlet;

import java.security.SecureRandom;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Ids for requests: sixteen hexadecimal digits, unique in this process, and unlikely to occur in another one.
 *
 * <p>They tell requests apart in logs and grant nothing, so they need not be secret.
 */
final class RequestIds {
    /** An odd increment (the golden ratio's) gives all 64-bit numbers before one is repeated. */
    private static final long STEP = 0x9E3779B97F4A7C15L;

    private static final AtomicLong NEXT = new AtomicLong(new SecureRandom().nextLong());

    private RequestIds() {}

    static String next() {
        long number = NEXT.getAndAdd(STEP);
        byte[] digits = new byte[16];
        for (int i = 15; i >= 0; i--, number >>>= 4) {
            digits[i] = (byte) "0123456789abcdef".charAt((int) number & 0xf);
        }
        return new String(digits, java.nio.charset.StandardCharsets.ISO_8859_1);
    }
}

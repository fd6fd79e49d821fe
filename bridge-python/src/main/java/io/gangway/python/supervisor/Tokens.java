package io.gangway.python.supervisor;

import java.security.SecureRandom;
import java.util.HexFormat;

/** Makes tokens, with which processes prove that Gangway started them: unguessable, and different for each process. */
final class Tokens {
    /** 128 bits, which cannot be guessed. */
    private static final int BYTES = 16;

    private static final SecureRandom RANDOM = new SecureRandom();

    private Tokens() {}

    static String next() {
        byte[] bytes = new byte[BYTES];
        RANDOM.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }
}

package io.gangway.python.supervisor;

import java.security.SecureRandom;
import java.util.HexFormat;

/** What processes prove with that they are ours: unguessable, and different for each. */
final class Tokens {
    /** 128 bits: nobody guesses them. */
    private static final int BYTES = 16;

    private static final SecureRandom RANDOM = new SecureRandom();

    private Tokens() {}

    static String next() {
        byte[] bytes = new byte[BYTES];
        RANDOM.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }
}

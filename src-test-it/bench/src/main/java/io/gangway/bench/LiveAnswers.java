package io.gangway.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;

/** The paths of {@code run asgi-java}, as those of python/asgi_plain.py, and what both sides answer there. */
final class LiveAnswers {
    static final String HELLO = "/hello";
    static final String POST = "/post";
    static final String STREAM = "/stream";
    static final String ECHO = "/echo";
    static final String ROOM = "/room";
    /** The query of the one who sends to the others of the room. */
    static final String SENDS = "sends";

    static final int BLOCKS = 1000;
    static final byte[] BLOCK = block();

    private LiveAnswers() {}

    /** The answer to a POST: how many bytes it had. */
    static byte[] count(long bytes) {
        return (bytes + "\n").getBytes(UTF_8);
    }

    private static byte[] block() {
        byte[] block = new byte[100];
        Arrays.fill(block, (byte) 'x');
        return block;
    }
}

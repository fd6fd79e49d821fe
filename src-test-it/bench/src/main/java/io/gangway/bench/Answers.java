package io.gangway.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;

/** What both sides of a comparison answer with. */
final class Answers {
    static final String TEXT = "text/plain;charset=utf-8";
    static final String BINARY = "application/octet-stream";
    /** The bridge names itself where the application does not; to answer alike, the servlet has to send it too. */
    static final String SERVER = "Gangway";

    static final byte[] HELLO = "Hello, World!".getBytes(UTF_8);
    static final byte[] MEGABYTE = megabyte();

    /** The headers that the application of the headers workload looks at, of the thirty that it gets. */
    static final List<String> READ = List.of("User-Agent", "Accept-Language", "Cookie", "X-Request-ID");

    private Answers() {}

    private static byte[] megabyte() {
        byte[] bytes = new byte[1024 * 1024];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (i * 31 + (i >> 8));
        }
        return bytes;
    }
}

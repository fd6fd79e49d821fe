package io.gangway.bench.load;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The bytes of a request, the same each time.
 *
 * @param head the request line and the headers, with the empty line
 * @param body its bytes, or none
 */
record Request(ByteBuffer head, ByteBuffer body) {
    private static final byte FILLING = 'x';

    /**
     * Makes a request.
     *
     * @param head its lines, separated by {@code \n}
     * @param bodySize bytes of its body; 0 is none
     */
    static Request of(String head, int bodySize) {
        byte[] text = (head.replace("\n", "\r\n") + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1);
        byte[] body = new byte[bodySize];
        Arrays.fill(body, FILLING);
        return new Request(direct(text), direct(body));
    }

    /** The two buffers with positions of their own, for one sending. */
    ByteBuffer[] toSend() {
        return body.capacity() == 0
                ? new ByteBuffer[] {head.duplicate()}
                : new ByteBuffer[] {head.duplicate(), body.duplicate()};
    }

    private static ByteBuffer direct(byte[] bytes) {
        return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    }
}

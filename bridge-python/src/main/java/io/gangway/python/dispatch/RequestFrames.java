package io.gangway.python.dispatch;

import io.gangway.python.protocol.FrameEncoder;
import io.gangway.python.protocol.FrameType;
import java.nio.ByteBuffer;
import java.util.List;

/** A request as frames, encoded once: it may be sent to several workers until one takes it. Not thread-safe. */
public final class RequestFrames {
    private static final byte[] BODY_END = FrameEncoder.empty(FrameType.BODY_END);

    private final byte[] head;
    private final byte[] body;

    private RequestFrames(byte[] head, byte[] body) {
        this.head = head;
        this.body = body;
    }

    /**
     * Encodes a request.
     *
     * @param flags of the frame
     * @param environ key, value, key, value
     * @param pushed the whole body, for a pushed one, which must not be changed afterwards; otherwise empty
     * @return the frames
     * @throws FrameEncoder.UnencodableException if the environ cannot be carried
     */
    public static RequestFrames of(int flags, List<String> environ, byte[] pushed) {
        return new RequestFrames(FrameEncoder.request(FrameType.REQUEST, 1, flags, environ), pushed);
    }

    /** The buffers to send, in this order; the next call overwrites the number. */
    ByteBuffer[] numbered(int sequence) {
        FrameEncoder.number(head, sequence);
        ByteBuffer first = ByteBuffer.wrap(head);
        return body.length == 0
                ? new ByteBuffer[] {first}
                : new ByteBuffer[] {
                    first,
                    ByteBuffer.wrap(FrameEncoder.header(FrameType.BODY, body.length)),
                    ByteBuffer.wrap(body),
                    ByteBuffer.wrap(BODY_END)
                };
    }
}

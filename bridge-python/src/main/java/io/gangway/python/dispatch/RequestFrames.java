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
     * @param type REQUEST, or SCOPE for an ASGI application
     * @param flags of the frame
     * @param fields of an environ (key, value, key, value), or of a scope
     * @param pushed the whole body, for a pushed one, which must not be changed afterwards; otherwise empty
     * @return the frames
     * @throws FrameEncoder.UnencodableException if a field cannot be carried
     */
    public static RequestFrames of(FrameType type, int flags, List<String> fields, byte[] pushed) {
        return new RequestFrames(FrameEncoder.request(type, 1, flags, fields), pushed);
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

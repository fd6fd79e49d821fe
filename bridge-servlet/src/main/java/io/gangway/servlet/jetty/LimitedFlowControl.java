package io.gangway.servlet.jetty;

import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.jetty.http2.BufferingFlowControlStrategy;
import org.eclipse.jetty.http2.ErrorCode;
import org.eclipse.jetty.http2.HTTP2Session;
import org.eclipse.jetty.http2.api.Session;
import org.eclipse.jetty.http2.api.Stream;
import org.eclipse.jetty.http2.frames.WindowUpdateFrame;

/**
 * One connection's flow control. It ends the connection if the client sends window updates without need.
 *
 * <p>Jetty counts only invalid WINDOW_UPDATE frames. The rate of valid ones says nothing, because a fast download needs many; so their
 * number is compared with the frames that were sent to the client, as in Envoy (CVE-2019-9511 and others).
 *
 * <p>Thread-safe: frames are received by one thread and sent by others.
 */
final class LimitedFlowControl extends BufferingFlowControlStrategy {
    /** Jetty's default: a window is opened again when half of it has been read. */
    private static final float BUFFER_RATIO = 0.5f;

    /** WINDOW_UPDATE frames that are allowed before any response: a client may open its connection's window in a few steps. Envoy allows 5. */
    private static final int FREE_UPDATES = 100;

    /** WINDOW_UPDATE frames that are allowed for each stream, because a stream has its own window; Envoy's number. */
    private static final int UPDATES_PER_STREAM = 2;

    /** WINDOW_UPDATE frames that are allowed for each DATA frame sent: one for the stream and one for the connection are common; Envoy's number. */
    private static final int UPDATES_PER_FRAME = 10;

    /** Bytes of a DATA frame (RFC 9113, section 6.5.2); Jetty sends several at once. */
    private static final int FRAME_SIZE = 16_384;

    private final AtomicLong updatesLeft = new AtomicLong(FREE_UPDATES);

    LimitedFlowControl() {
        super(BUFFER_RATIO);
    }

    @Override
    public void onStreamCreated(Stream stream) {
        super.onStreamCreated(stream);
        updatesLeft.addAndGet(UPDATES_PER_STREAM);
    }

    @Override
    public void onDataSending(Stream stream, int length) {
        super.onDataSending(stream, length);
        updatesLeft.addAndGet((1L + length / FRAME_SIZE) * UPDATES_PER_FRAME);
    }

    @Override
    public void onWindowUpdate(Session session, Stream stream, WindowUpdateFrame frame) {
        super.onWindowUpdate(session, stream, frame);
        if (updatesLeft.decrementAndGet() < 0) {
            ((HTTP2Session) session).onConnectionFailure(ErrorCode.ENHANCE_YOUR_CALM_ERROR.code, "window_update_rate");
        }
    }
}

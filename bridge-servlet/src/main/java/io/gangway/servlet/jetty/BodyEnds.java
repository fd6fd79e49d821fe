package io.gangway.servlet.jetty;

import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.server.ConnectionMetaData;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Keeps a body without a Content-Length from looking whole when its client has broken it off (W43).
 *
 * <p>When a connection or an HTTP/2 stream fails, Jetty notes the failure and then empties the stream. A read that has looked for a failure before it was noted
 * gets the end of the emptied stream in its place. The read after it gets the failure: so the end counts only if a second read finds it as well. When an HTTP/2 connection breaks, the
 * failure may come later still, but the connection's input has ended before.
 */
final class BodyEnds extends Handler.Wrapper {
    BodyEnds(Handler handler) {
        super(handler);
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        return super.handle(hasBodyOfUnknownLength(request) ? new ReadTwice(request) : request, response, callback);
    }

    private static boolean hasBodyOfUnknownLength(Request request) {
        return request.getLength() < 0
                && (request.getConnectionMetaData().getHttpVersion() == HttpVersion.HTTP_2
                        || request.getHeaders().contains(HttpHeader.TRANSFER_ENCODING));
    }

    private static final class ReadTwice extends Request.Wrapper {
        ReadTwice(Request request) {
            super(request);
        }

        @Override
        public Content.Chunk read() {
            Content.Chunk chunk = super.read();
            if (chunk == null || !chunk.isLast() || Content.Chunk.isFailure(chunk)) {
                return chunk;
            }
            Content.Chunk next = super.read();
            if (!Content.Chunk.isFailure(next)) {
                if (chunk.hasRemaining() || !isConnectionBroken()) {
                    return chunk;
                }
                next = Content.Chunk.from(new EofException("the connection ended in the body"), true);
            }
            chunk.release();
            return next;
        }

        /** In HTTP/1.1, the parser itself knows the end of a body. */
        private boolean isConnectionBroken() {
            ConnectionMetaData connection = getConnectionMetaData();
            return connection.getHttpVersion() == HttpVersion.HTTP_2
                    && connection.getConnection().getEndPoint().isInputShutdown();
        }
    }
}

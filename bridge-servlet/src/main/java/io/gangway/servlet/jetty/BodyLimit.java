package io.gangway.servlet.jetty;

import io.gangway.exchange.ServerAnswer;
import io.gangway.wsgi.ClientException;
import java.util.List;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Refuses request bodies over the limit with 413 (RFC 9110, section 15.5.14). A body with a Content-Length is refused before a byte of it
 * is read, and before {@code 100 Continue}. The read of a body without one fails at the limit, which is also answered 413, unless the
 * response has begun.
 */
final class BodyLimit extends Handler.Wrapper {
    private final long limit;

    BodyLimit(long limit, Handler handler) {
        super(handler);
        this.limit = limit;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        long length = request.getLength();
        if (length > limit) {
            UnreadBody.skip(request, response.getHeaders());
            refuse(response, callback);
            return true;
        }
        return super.handle(length < 0 ? new Counted(request) : request, response, callback);
    }

    private void refuse(Response response, Callback callback) {
        String text = "A request body may have at most " + limit + " bytes.\n";
        JettyAnswers.send(new ServerAnswer("413 Content Too Large", text, List.of()), response, callback);
    }

    private final class Counted extends Request.Wrapper {
        private long count;
        private boolean isOver;

        Counted(Request request) {
            super(request);
        }

        @Override
        public Content.Chunk read() {
            if (isOver) {
                return failure();
            }
            Content.Chunk chunk = super.read();
            if (chunk == null || Content.Chunk.isFailure(chunk)) {
                return chunk;
            }
            count += chunk.remaining();
            isOver = count > limit;
            if (!isOver) {
                return chunk;
            }
            chunk.release();
            return failure();
        }

        private Content.Chunk failure() {
            return Content.Chunk.from(ClientException.bodyTooLarge(limit), true);
        }
    }
}

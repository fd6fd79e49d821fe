package io.gangway.servlet.jetty;

import io.gangway.servlet.GatewayServlet;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Handles a request of a suspendable application at once, on the thread that read it, if it has no body: then that waits for nothing. All
 * others get a thread of their own.
 */
final class PromptHandler extends Handler.Wrapper {
    PromptHandler(Handler handler) {
        super(handler);
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        if (isWithoutBody(request)) {
            request.setAttribute(GatewayServlet.SUSPENDABLE, true);
            return super.handle(request, response, callback);
        }
        request.getComponents().getExecutor().execute(() -> handleLater(request, response, callback));
        return true;
    }

    private void handleLater(Request request, Response response, Callback callback) {
        try {
            if (!super.handle(request, response, callback)) {
                Response.writeError(request, response, callback, 404);
            }
        } catch (Throwable e) { // as Jetty itself does with what a handler throws
            Response.writeError(request, response, callback, e);
        }
    }

    /** RFC 9112, section 6.3. HTTP/2 says it elsewhere. */
    private static boolean isWithoutBody(Request request) {
        return request.getConnectionMetaData().getHttpVersion() != HttpVersion.HTTP_2
                && request.getLength() <= 0
                && !request.getHeaders().contains(HttpHeader.TRANSFER_ENCODING);
    }
}

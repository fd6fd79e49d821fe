package io.gangway.servlet.jetty;

import io.gangway.servlet.GatewayServlet;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Handles a request of a suspendable application at once, on the thread that read it, if it has no body: then that waits for nothing. Others
 * get a thread of the pool, which keeps them no longer than until the body is there.
 */
final class PromptHandler extends Handler.Wrapper {
    private final String mount;

    /**
     * A handler in front of a web application.
     *
     * @param contextPath where it is mounted, and nothing else
     */
    PromptHandler(String contextPath, Handler handler) {
        super(handler);
        this.mount = contextPath + "/";
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        request.setAttribute(GatewayServlet.SUSPENDABLE, true);
        if (isWithoutBody(request) && isForTheApplication(request)) {
            return super.handle(request, response, callback);
        }
        request.getComponents().getExecutor().execute(() -> handleLater(request, response, callback));
        return true;
    }

    /** The others are answered by Jetty at once, and a client that sends one after the other would keep the thread for itself. */
    private boolean isForTheApplication(Request request) {
        String path = request.getHttpURI().getCanonicalPath();
        return path != null && path.startsWith(mount);
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

package io.gangway.servlet;

import io.gangway.server.ErrorPage;
import io.gangway.server.Outcome;
import io.gangway.server.Outcome.Ending;
import io.gangway.server.ResponseSink;
import io.gangway.server.WsgiExchange;
import io.gangway.servlet.RequestEnviron.Concurrency;
import io.gangway.wsgi.Environ;
import io.gangway.wsgi.GatewayApplication;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Enumeration;

/**
 * Carries requests into one application: what GatewayServlet and GatewayFilter have in common.
 *
 * <p>Holds no state of a request and no lock.
 *
 * @param application called by many threads at once
 * @param concurrency what the environ says about that
 * @param errorPage what a failure shows the client
 */
record Gateway(GatewayApplication application, Concurrency concurrency, ErrorPage errorPage) {

    void handle(HttpServletRequest request, HttpServletResponse response, RequestPath path)
            throws ServletException, IOException {
        handle(request, response, path, new ServletSink(response));
    }

    /**
     * Answers one request.
     *
     * @throws ServletException if the response must be broken off: an exception out of {@code service} is the one way that
     *     makes both Tomcat and Jetty close the connection without a clean end (W68)
     */
    void handle(HttpServletRequest request, HttpServletResponse response, RequestPath path, ResponseSink sink)
            throws ServletException, IOException {
        if (hasUnknownTransferCoding(request)) {
            response.sendError(HttpServletResponse.SC_NOT_IMPLEMENTED);
            return;
        }
        Environ environ = RequestEnviron.of(request, response, path, concurrency);
        String requestId = environ.requestId();
        Outcome outcome = new WsgiExchange(environ, sink, errorPage).run(application);
        GatewayLog.outcome(outcome, requestId, request.getMethod(), request.getRequestURI());
        if (outcome.ending() == Ending.BROKEN) {
            throw new BrokenOffException();
        }
    }

    /** RFC 9112, section 6.1: Jetty would hand {@code gzip, chunked} on undecoded, as if it were the body (W42). */
    private static boolean hasUnknownTransferCoding(HttpServletRequest request) {
        for (Enumeration<String> codings = request.getHeaders("Transfer-Encoding"); codings.hasMoreElements(); ) {
            if (!codings.nextElement().trim().equalsIgnoreCase("chunked")) {
                return true;
            }
        }
        return false;
    }

    /** Carries no trace: the log has the problem itself already. */
    private static final class BrokenOffException extends ServletException {
        private static final long serialVersionUID = 1L;

        BrokenOffException() {
            super("Gangway breaks this response off, so that the client sees it is incomplete");
        }

        @Override
        public synchronized Throwable fillInStackTrace() {
            return this;
        }
    }
}

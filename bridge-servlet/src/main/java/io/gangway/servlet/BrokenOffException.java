package io.gangway.servlet;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.Supplier;

/** It has no stack trace: the log has the cause with its trace already. Of an IOException, Jetty logs a line and no trace either. */
final class BrokenOffException extends IOException {
    private static final long serialVersionUID = 1L;

    BrokenOffException() {
        super("Gangway breaks this response off, so that the client sees that it is incomplete");
    }

    /** To be thrown by {@code service()}: the server's own exception, if it has one. */
    static IOException in(HttpServletRequest request) {
        return request.getServletContext().getAttribute(GatewayServlet.BREAKING_OFF) instanceof Supplier<?> server
                        && server.get() instanceof IOException own
                ? own
                : new BrokenOffException();
    }

    /**
     * To be thrown by a thread that the container waits for. Whatever {@code service()} throws, Tomcat ends a stream of HTTP/2 as if the response were complete, unless that end
     * itself fails: the last thing that it asks for are trailers. Jetty resets the stream by itself.
     */
    static IOException of(HttpServletRequest request, HttpServletResponse response) {
        IOException broken = in(request);
        if (response.isCommitted() && !request.getProtocol().startsWith("HTTP/1.")) {
            failEnd(response, broken);
        }
        return broken;
    }

    /** Has the clean end of a committed response fail, where it asks for trailers: in HTTP/2, and of chunks. */
    static void failEnd(HttpServletResponse response, IOException broken) {
        try {
            response.setTrailerFields(() -> {
                throw new UncheckedIOException(broken);
            });
        } catch (IllegalStateException e) {
            // on Jetty; or a body with another end, whose missing bytes the client counts
        }
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}

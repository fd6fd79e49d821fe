package io.gangway.servlet;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.UncheckedIOException;

/** It has no stack trace: the log has the cause with its trace already. Of an IOException, Jetty logs a line and no trace either. */
final class BrokenOffException extends IOException {
    private static final long serialVersionUID = 1L;

    BrokenOffException() {
        super("Gangway breaks this response off, so that the client sees that it is incomplete");
    }

    /**
     * To be thrown by a thread that the container waits for. Whatever {@code service()} throws, Tomcat ends a stream of HTTP/2 as if the response were complete, unless that end
     * itself fails: the last thing that it asks for are trailers. Jetty resets the stream by itself.
     */
    static BrokenOffException of(HttpServletRequest request, HttpServletResponse response) {
        BrokenOffException broken = new BrokenOffException();
        if (response.isCommitted() && !request.getProtocol().startsWith("HTTP/1.")) {
            try {
                response.setTrailerFields(() -> {
                    throw new UncheckedIOException(broken);
                });
            } catch (IllegalStateException e) {
                // on Jetty
            }
        }
        return broken;
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}

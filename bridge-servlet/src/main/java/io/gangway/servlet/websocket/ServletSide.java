package io.gangway.servlet.websocket;

import io.gangway.exchange.Wire;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.function.Consumer;

/** What the servlet does for a handshake: what it does for any request too. Thread-safe. */
public interface ServletSide {
    /**
     * Suspends the request.
     *
     * @param request within {@code service()}
     * @param response its response
     * @return the context by which it is dispatched again
     */
    AsyncContext suspend(HttpServletRequest request, HttpServletResponse response);

    /**
     * Gives a response in place of the WebSocket; returns when it is complete.
     *
     * @param request within {@code service()}
     * @param response its response
     * @param application uses the wire, on any thread
     * @throws IOException if the response must be broken off
     */
    void respond(HttpServletRequest request, HttpServletResponse response, Consumer<? super Wire> application)
            throws IOException;
}

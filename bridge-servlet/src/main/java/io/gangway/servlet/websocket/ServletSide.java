package io.gangway.servlet.websocket;

import io.gangway.exchange.Wire;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

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
     * Names the connection of a request, for {@link #closedByClient}.
     *
     * @param request within {@code service()}
     * @return null if nothing can be found out about it
     */
    @Nullable
    String connection(HttpServletRequest request);

    /**
     * Which connections their clients have closed by now.
     *
     * @return takes what {@link #connection} gave; for one thread, and not for long
     */
    Predicate<String> closedByClient();

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

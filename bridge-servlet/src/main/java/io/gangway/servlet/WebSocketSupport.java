package io.gangway.servlet;

import jakarta.servlet.ServletContext;
import jakarta.websocket.server.ServerContainer;
import org.jspecify.annotations.Nullable;

/** Says whether a container has WebSockets. {@link WebSockets} cannot even be linked where the API is missing. */
final class WebSocketSupport {
    /** The attribute with the container's implementation (Jakarta WebSocket 2.1, section 7.1.1). */
    private static final String CONTAINER = "jakarta.websocket.server.ServerContainer";

    private WebSocketSupport() {}

    /** The WebSockets of a web application; null if its container has none. */
    static @Nullable WebSockets of(ServletContext context, WebSocketLimits limits) {
        Object found = context.getAttribute(CONTAINER);
        return found != null && isApiThere() ? made(found, Container.of(context), limits) : null;
    }

    private static boolean isApiThere() {
        try {
            Class.forName(CONTAINER, false, WebSocketSupport.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException | LinkageError e) {
            return false;
        }
    }

    private static @Nullable WebSockets made(Object found, Container kind, WebSocketLimits limits) {
        return found instanceof ServerContainer container ? new WebSockets(container, kind, limits) : null;
    }
}

package io.gangway.servlet.websocket;

import jakarta.servlet.ServletContext;
import jakarta.websocket.server.ServerContainer;
import org.jspecify.annotations.Nullable;

/** Says whether a container has WebSockets. {@link WebSockets} cannot even be linked where the API is missing. */
public final class WebSocketSupport {
    /** The attribute with the container's implementation (Jakarta WebSocket 2.1, section 7.1.1). */
    private static final String CONTAINER = "jakarta.websocket.server.ServerContainer";

    /** Threads of the container that may wait for slow applications: a quarter of the 200 that Tomcat and Jetty have by default. */
    private static final int MAX_BLOCKED = 50;

    private WebSocketSupport() {}

    /**
     * The WebSockets of a web application.
     *
     * @param context the web application
     * @param isTomcat whether its container is Tomcat
     * @param servlet the servlet that gets the handshakes
     * @param limits what the settings say
     * @return null if its container has none
     */
    public static @Nullable WebSockets of(
            ServletContext context, boolean isTomcat, ServletSide servlet, WebSocketLimits limits) {
        Object found = context.getAttribute(CONTAINER);
        return found != null && isApiThere() ? made(found, isTomcat, servlet, limits) : null;
    }

    private static boolean isApiThere() {
        try {
            Class.forName(CONTAINER, false, WebSocketSupport.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException | LinkageError e) {
            return false;
        }
    }

    private static @Nullable WebSockets made(
            Object found, boolean isTomcat, ServletSide servlet, WebSocketLimits limits) {
        return found instanceof ServerContainer container
                ? new WebSockets(
                        container, isTomcat, servlet, limits, MAX_BLOCKED, WebSocketTimes.DEFAULT, System::nanoTime)
                : null;
    }
}

package io.gangway.servlet.websocket;

import jakarta.servlet.ServletContext;
import jakarta.websocket.server.ServerContainer;
import org.jspecify.annotations.Nullable;

/** Says whether a container has WebSockets. {@link WebSockets} cannot even be linked where the API is missing. */
public final class WebSocketSupport {
    /** The attribute with the container's implementation (Jakarta WebSocket 2.1, section 7.1.1). */
    private static final String CONTAINER = "jakarta.websocket.server.ServerContainer";

    /**
     * The attribute of a servlet context by which the server that made it says how many threads it has, an {@link Integer}: a quarter of them may wait for applications that receive
     * their WebSockets' messages too slowly. Without it, 50 may.
     */
    public static final String THREADS = "io.gangway.servlet.threads";

    /**
     * The request attribute by which a server says that no other stream of the HTTP/2 connection is read on the thread that calls a WebSocket: {@code true}. Without it, that thread waits only for a moment for
     * applications that receive their messages too slowly.
     */
    public static final String OWN_READER = "io.gangway.servlet.ownReader";

    /** A quarter of the container's threads may wait for slow applications. */
    private static final int BLOCKED_PART = 4;

    /** The same of the 200 that Tomcat and Jetty have by default. */
    private static final int MAX_BLOCKED = 200 / BLOCKED_PART;

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
        return found != null && isApiThere() ? made(found, isTomcat, servlet, limits, maxBlocked(context)) : null;
    }

    private static int maxBlocked(ServletContext context) {
        return context.getAttribute(THREADS) instanceof Integer threads
                ? Math.max(1, threads / BLOCKED_PART)
                : MAX_BLOCKED;
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
            Object found, boolean isTomcat, ServletSide servlet, WebSocketLimits limits, int maxBlocked) {
        return found instanceof ServerContainer container
                ? new WebSockets(
                        container, isTomcat, servlet, limits, maxBlocked, WebSocketTimes.DEFAULT, System::nanoTime)
                : null;
    }
}

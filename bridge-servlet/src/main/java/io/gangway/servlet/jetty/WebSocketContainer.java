package io.gangway.servlet.jetty;

import java.lang.reflect.Method;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.jspecify.annotations.Nullable;

/**
 * Jetty's implementation of jakarta.websocket, if the embedder has added {@code jetty-ee10-websocket-jakarta-server}. Without it, WebSockets are answered with 501.
 *
 * <p>Called by reflection: Jetty's module requires the modules for whole web applications, which nothing here needs.
 */
final class WebSocketContainer {
    private static final String INITIALIZER =
            "org.eclipse.jetty.ee10.websocket.jakarta.server.config.JakartaWebSocketServletContainerInitializer";

    private WebSocketContainer() {}

    static boolean isThere() {
        return configure() != null;
    }

    private static @Nullable Method configure() {
        try {
            Class<?> initializer = Class.forName(INITIALIZER, true, WebSocketContainer.class.getClassLoader());
            return initializer.getMethod(
                    "configure", ServletContextHandler.class, Class.forName(INITIALIZER + "$Configurator"));
        } catch (ReflectiveOperationException | LinkageError e) {
            return null;
        }
    }

    static void addTo(ServletContextHandler context) {
        Method configure = configure();
        if (configure == null) {
            return;
        }
        try {
            configure.invoke(null, context, null);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(
                    "Jetty's WebSockets cannot be set up. Fix: give all of Jetty's jars the same version", e);
        }
    }
}

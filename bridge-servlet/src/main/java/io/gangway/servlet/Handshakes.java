package io.gangway.servlet;

import io.gangway.deploy.Setting;
import io.gangway.deploy.Settings;
import io.gangway.exchange.BlockingWire;
import io.gangway.exchange.Outcome.Ending;
import io.gangway.exchange.Wire;
import io.gangway.servlet.websocket.ServletSide;
import io.gangway.servlet.websocket.WebSocketLimits;
import io.gangway.servlet.websocket.WebSocketSupport;
import io.gangway.servlet.websocket.WebSockets;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The requests of handshakes for {@link WebSockets}. */
record Handshakes(Container container) implements ServletSide {
    /** The WebSockets of a deployment; null if the container has none. */
    static @Nullable WebSockets of(ServletContext context, Settings settings) {
        Container container = Container.of(context);
        return WebSocketSupport.of(context, container == Container.TOMCAT, new Handshakes(container), limits(settings));
    }

    private static WebSocketLimits limits(Settings settings) {
        return new WebSocketLimits(
                value(settings, ServletSettings.WS_HANDSHAKE_TIMEOUT),
                value(settings, ServletSettings.WS_MAX_MESSAGE),
                value(settings, ServletSettings.WS_MAX_QUEUE),
                value(settings, ServletSettings.WS_PING_INTERVAL),
                value(settings, ServletSettings.WS_PING_TIMEOUT));
    }

    /** A deployment that was started elsewhere may not know this module's settings. */
    private static <T> T value(Settings settings, Setting<T> setting) {
        return settings.definitions().contains(setting)
                ? settings.get(setting)
                : Settings.resolve(List.of(setting), List.of()).get(setting);
    }

    @Override
    public AsyncContext suspend(HttpServletRequest request, HttpServletResponse response) {
        return SuspendedRequest.suspend(request, response, container);
    }

    /** On this thread, as for a function in Java. */
    @Override
    public void respond(HttpServletRequest request, HttpServletResponse response, Consumer<? super Wire> application)
            throws IOException {
        RequestBody body = new RequestBody(request);
        BlockingWire wire = new BlockingWire(body, new ServletSink(response, body, new HeadWriter(request, response)));
        try {
            application.accept(wire);
            if (wire.run() == Ending.BROKEN) {
                throw BrokenOffException.in(request);
            }
        } finally {
            body.end();
        }
    }
}

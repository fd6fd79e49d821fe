package io.gangway.servlet.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.websocket.EndpointConfig;
import jakarta.websocket.RemoteEndpoint;
import jakarta.websocket.Session;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is asked of a container's session. */
class SocketEndpointTest {
    private final Sockets sockets = new Sockets();
    private final Map<String, Object> properties = new HashMap<>();
    private final List<String> closes = new ArrayList<>();

    @AfterEach
    void stop() {
        sockets.close();
    }

    private Session session() {
        return (Session) Proxy.newProxyInstance(
                Session.class.getClassLoader(),
                new Class<?>[] {Session.class},
                (self, method, given) -> switch (method.getName()) {
                    case "getUserProperties" -> properties;
                    case "getAsyncRemote" -> sockets.noting(RemoteEndpoint.Async.class);
                    case "setMaxIdleTimeout" -> noted("idle " + Arrays.toString(given));
                    case "close" -> noted("close " + new TreeMap<>(properties).values());
                    default -> null;
                });
    }

    private @Nullable Object noted(String call) {
        closes.add(call);
        return null;
    }

    private ServletWebSocket opened(boolean isTomcat) {
        ServletWebSocket socket = sockets.asked();
        socket.accept(null, List.of());
        socket.upgrading();
        new SocketEndpoint(socket, isTomcat).onOpen(session(), sockets.noting(EndpointConfig.class));
        return socket;
    }

    /** Tomcat would wait in each close, one after the other, when many are given up. */
    @Test
    void tomcat_does_not_wait_for_a_client_that_is_given_up() {
        ServletWebSocket socket = opened(true);
        assertThat(closes).containsExactly("idle [0]");
        socket.giveUp();
        assertThat(closes).containsExactly("idle [0]", "idle [1]", "close [1, 1]");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_client_that_is_to_answer_a_close_has_its_time(boolean isTomcat) {
        opened(isTomcat).close(1000, "");
        assertThat(closes).containsExactly("idle [0]", isTomcat ? "close [1000]" : "close []");
    }
}

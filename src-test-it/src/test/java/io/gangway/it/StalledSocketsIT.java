package io.gangway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gangway.it.asgi.RulesApplication;
import io.gangway.it.client.RawConnection;
import io.gangway.it.websocket.RawWebSocket;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The stop of a web application whose WebSockets' clients read nothing, so that none of them sees a close. */
class StalledSocketsIT {
    private static final int CLIENTS = 40;

    /** Clients get 10 seconds; they are given up together, not one after the other. The rest is for a busy machine. */
    private static final Duration MAX_STOP = Duration.ofSeconds(20);

    private static final Duration MAX_WAIT = Duration.ofSeconds(60);

    static List<ProcessBackend> backends() {
        return List.of(
                EmbeddedBackend.jetty("stalled clients, embedded Jetty").serving(RulesApplication.class),
                EmbeddedBackend.jetty("stalled clients, embedded Jetty, over HTTP/2")
                        .serving(RulesApplication.class)
                        .withWebSocketsOverHttp2(),
                EmbeddedBackend.tomcat("stalled clients, embedded Tomcat 10.1", "tomcat10")
                        .serving(RulesApplication.class),
                EmbeddedBackend.tomcat("stalled clients, embedded Tomcat 11", "tomcat11")
                        .serving(RulesApplication.class));
    }

    @ParameterizedTest
    @MethodSource("backends")
    @Tag("A36")
    void takes_about_as_long_as_the_close_of_one(ProcessBackend backend) throws Exception {
        backend.start();
        List<RawWebSocket> stalled = new ArrayList<>();
        boolean isStopped = false;
        try {
            for (int i = 0; i < CLIENTS; i++) {
                stalled.add(RawWebSocket.open(backend.connect(), "/flood/" + i));
            }
            Map<Integer, String> before = new HashMap<>();
            await().atMost(MAX_WAIT).pollInterval(Duration.ofSeconds(1)).until(() -> {
                Map<Integer, String> now = sent(backend);
                boolean isStill = now.equals(before) && !now.containsValue("");
                before.putAll(now);
                return isStill;
            });
            long begin = System.nanoTime();
            backend.stop();
            isStopped = true;

            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(MAX_STOP);
        } finally {
            for (RawWebSocket socket : stalled) {
                socket.close();
            }
            if (!isStopped) {
                backend.stop();
            }
        }
    }

    /** How many messages each application has sent. */
    private static Map<Integer, String> sent(ProcessBackend backend) throws IOException {
        Map<Integer, String> sent = new HashMap<>();
        try (RawConnection connection = backend.connect()) {
            for (int i = 0; i < CLIENTS; i++) {
                connection.send("GET /journal/" + i + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
                sent.put(i, connection.read("GET").status(200).text());
            }
        }
        return sent;
    }
}

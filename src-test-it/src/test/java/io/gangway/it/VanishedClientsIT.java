package io.gangway.it;

import static io.gangway.it.websocket.RawWebSocket.TEXT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gangway.it.asgi.RulesApplication;
import io.gangway.it.client.RawConnection;
import io.gangway.it.client.Relay;
import io.gangway.it.contract.Case.Transport;
import io.gangway.it.websocket.RawWebSocket;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** WebSockets whose clients vanish without a word: pings find them, or what they do not take (A34). */
class VanishedClientsIT {
    /** A client gets 10 seconds to take what is sent to it, beside the time for its pong. */
    private static final Duration MAX_WAIT = Duration.ofSeconds(60);

    static List<ProcessBackend> backends() {
        return List.of(
                vigilant(EmbeddedBackend.jetty("vanished clients, embedded Jetty")),
                vigilant(EmbeddedBackend.tomcat("vanished clients, embedded Tomcat 10.1", "tomcat10")),
                vigilant(EmbeddedBackend.tomcat("vanished clients, embedded Tomcat 11", "tomcat11")));
    }

    private static ProcessBackend vigilant(EmbeddedBackend backend) {
        return backend.serving(RulesApplication.class)
                .with("ws-ping-interval", "200ms")
                .with("ws-ping-timeout", "500ms");
    }

    @ParameterizedTest
    @MethodSource("backends")
    @Tag("A34")
    void are_found_whether_they_are_idle_or_sent_to(ProcessBackend backend) throws Exception {
        backend.start();
        try (Relay relay = new Relay(backend.port());
                RawWebSocket idle = RawWebSocket.open(backend.connect(relay.port(), Transport.PLAIN), "/echo/idle");
                RawWebSocket flooded =
                        RawWebSocket.open(backend.connect(relay.port(), Transport.PLAIN), "/pour/flooded")) {
            assertThat(idle.text("a").message().text()).isEqualTo("a");
            assertThat(flooded.message().opcode()).isEqualTo(TEXT);
            relay.fallSilent();
            await().atMost(MAX_WAIT).untilAsserted(() -> {
                assertThat(journal(backend, "idle")).startsWith("1006");
                assertThat(journal(backend, "flooded")).isEqualTo("ended");
            });
        } finally {
            backend.stop();
        }
    }

    /** On a connection of its own: Tomcat closes one after a hundred requests. */
    private static String journal(ProcessBackend backend, String run) throws IOException {
        try (RawConnection connection = backend.connect()) {
            connection.send("GET /journal/" + run + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
            return connection.read("GET").status(200).text();
        }
    }
}

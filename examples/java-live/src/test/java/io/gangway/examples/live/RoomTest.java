package io.gangway.examples.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gangway.testing.TestClient;
import io.gangway.testing.TestWebSocket;
import io.gangway.testing.WebSocketDeniedException;
import org.junit.jupiter.api.Test;

class RoomTest {
    private final TestClient client = TestClient.of(new Room());

    @Test
    void guests_hear_each_other() {
        try (TestWebSocket ada = client.webSocket("/chat");
                TestWebSocket bob = client.webSocket("/chat")) {
            ada.send("hello");
            assertThat(bob.text()).isEqualTo("hello");
            assertThat(ada.text()).isEqualTo("hello");
        }
    }

    @Test
    void there_is_one_room() {
        assertThatThrownBy(() -> client.webSocket("/kitchen")).isInstanceOf(WebSocketDeniedException.class);
        assertThat(client.get("/").send().text()).contains("new WebSocket(here + \"chat\")");
    }
}

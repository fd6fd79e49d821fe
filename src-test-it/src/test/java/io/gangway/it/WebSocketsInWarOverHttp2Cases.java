package io.gangway.it;

import static io.gangway.it.websocket.RawWebSocket.BINARY;
import static org.assertj.core.api.Assertions.assertThat;

import io.gangway.it.client.Http2Connection;
import io.gangway.it.websocket.RawWebSocket;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The rules about WebSockets in Jetty's distributions, over HTTP/2: one thread reads all that comes on a connection. */
abstract class WebSocketsInWarOverHttp2Cases extends WebSocketCases {
    /** Max messages that wait, by default. */
    private static final int QUEUE = 32;

    WebSocketsInWarOverHttp2Cases(AsgiBackend backend) {
        super(backend, backend.serving().withWebSocketsOverHttp2());
    }

    /** But only for a moment, because the connection's other requests wait too. */
    @Override
    @Test
    @Tag("A36")
    void an_application_that_does_not_receive_holds_the_client_up() throws Exception {
        String id = newRun("ignore");
        try (RawWebSocket socket = open("/ignore/" + id)) {
            for (int i = 0; i <= QUEUE; i++) {
                socket.frame(true, BINARY, new byte[1]);
            }
            assertThat(socket.closed().code()).isEqualTo(1013);
            ask("/release/" + id);
            assertJournal(id, "" + QUEUE);
        }
    }

    /** The Servlet API does not tell the protocol; the container does, when the application accepts. */
    @Test
    void another_protocol_is_not_implemented_and_leaves_no_stack_trace() throws Exception {
        try (Http2Connection connection = new Http2Connection(backend().port())) {
            String path = backend().base() + "/choose";
            for (List<String> protocol : List.of(List.of(":protocol", "connect-udp"), List.<String>of())) {
                List<String> headers = new ArrayList<>(protocol);
                headers.addAll(List.of("sec-websocket-version", "13", "sec-websocket-protocol", "a"));
                connection.begin("CONNECT", path, headers.toArray(String[]::new));
                connection.read().answer().status(501).header("x-offered");
            }
        }
        assertThat(backend().process().lines()).noneMatch(line -> line.contains("Invalid WebSocket Upgrade Request"));
    }
}

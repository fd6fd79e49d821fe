package io.gangway.testing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.gangway.asgi.AsgiApplication;
import io.gangway.asgi.AsgiEvent;
import io.gangway.asgi.HttpEvent;
import io.gangway.asgi.Receive;
import io.gangway.asgi.Send;
import io.gangway.asgi.WebSocketEvent;
import io.gangway.asgi.WebSocketScope;
import io.gangway.testlog.CapturedLog;
import io.gangway.wsgi.ClientException;
import io.gangway.wsgi.Header;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** WebSockets of ASGI functions in memory: A30-A36. */
class TestWebSocketTest {
    /** What the application saw. */
    private final BlockingQueue<AsgiEvent.Received> seen = new LinkedBlockingQueue<>();

    /** Accepts, and answers each message until the client leaves. */
    private AsgiApplication echo() {
        return (scope, receive, send) -> receive.receive()
                .thenCompose(connect -> {
                    seen.add(connect);
                    return send.send(new WebSocketEvent.Accept());
                })
                .thenCompose(accepted -> answers(receive, send));
    }

    @SuppressWarnings("NullAway") // it does not see that an array may be null in a record of another module
    private CompletionStage<Void> answers(Receive receive, Send send) {
        return receive.receive().thenCompose(event -> {
            seen.add(event);
            if (event instanceof WebSocketEvent.Message message) {
                return send.send(new WebSocketEvent.Send(message.text(), message.bytes()))
                        .thenCompose(sent -> answers(receive, send));
            }
            return CompletableFuture.completedFuture(null);
        });
    }

    private static AsgiApplication after(AsgiEvent.Sent... events) {
        return (scope, receive, send) -> {
            CompletionStage<Void> done = receive.receive().thenAccept(connect -> {});
            for (AsgiEvent.Sent event : events) {
                done = done.thenCompose(before -> send.send(event));
            }
            return done;
        };
    }

    private <T extends AsgiEvent.Received> T seen(Class<T> type) throws InterruptedException {
        return type.cast(seen.poll(10, TimeUnit.SECONDS));
    }

    @Test
    @Tag("A30")
    @Tag("A33")
    void connect_comes_first_and_messages_arrive_whole() throws Exception {
        try (TestWebSocket socket = TestClient.of(echo()).webSocket("/chat")) {
            assertThat(seen(WebSocketEvent.Connect.class)).isNotNull();
            assertThat(socket.send("caf\u00e9").text()).isEqualTo("caf\u00e9");
            assertThat(seen(WebSocketEvent.Message.class).bytes()).isNull();
            assertThat(socket.send(new byte[] {0, 1}).bytes()).containsExactly(0, 1);
            assertThat(seen(WebSocketEvent.Message.class).text()).isNull();
        }
        assertThat(seen(WebSocketEvent.Disconnect.class)).isEqualTo(new WebSocketEvent.Disconnect(1000, ""));
    }

    @Test
    @Tag("A30")
    @Tag("A32")
    @Tag("A35")
    void the_application_chooses_one_of_the_subprotocols() {
        AsgiApplication choosing = (scope, receive, send) -> {
            assertThat(((WebSocketScope) scope).subprotocols()).containsExactly("a", "b");
            return receive.receive()
                    .thenCompose(connect ->
                            send.send(new WebSocketEvent.Accept("b", List.of(new Header("set-cookie", "c=1")))));
        };
        TestWebSocket socket = TestClient.of(choosing).webSocket("/", "a", "b");
        assertThat(socket.subprotocol()).hasValue("b");
        assertThat(socket.headers()).contains(new Header("set-cookie", "c=1"));
        assertThat(socket.closeCode()).isEqualTo(1000); // A35: a plain return
        socket.close();
    }

    @Test
    void a_subprotocol_that_was_not_offered_and_the_handshakes_headers_are_refused() {
        assertThatThrownBy(() -> TestClient.of(after(new WebSocketEvent.Accept("c", List.of())))
                        .webSocket("/", "a"))
                .isInstanceOf(ApplicationFailedException.class)
                .hasRootCauseMessage(
                        "A30, websocket.accept: expected one of the subprotocols that the client offers: \"a\";"
                                + " found \"c\". Fix: choose one from the scope's subprotocols, or none");
        Header key = new Header("Sec-WebSocket-Accept", "x");
        assertThatThrownBy(() -> TestClient.of(after(new WebSocketEvent.Accept(null, List.of(key))))
                        .webSocket("/"))
                .hasMessageContaining("A30, websocket.accept: expected headers that are not the handshake's own");
    }

    @Test
    @Tag("A31")
    void a_close_before_the_accept_is_a_403() {
        TestClient client = TestClient.of(after(new WebSocketEvent.Close()));
        WebSocketDeniedException denied =
                catchThrowableOfType(WebSocketDeniedException.class, () -> client.webSocket("/"));
        assertThat(denied.response().code()).isEqualTo(403);
    }

    @Test
    @Tag("A31")
    @Tag("A50")
    void an_application_denies_with_a_response_of_its_own() {
        TestClient client = TestClient.of(after(
                new WebSocketEvent.ResponseStart(401, List.of(new Header("www-authenticate", "Basic"))),
                new WebSocketEvent.ResponseBody("who ".getBytes(UTF_8), true),
                new WebSocketEvent.ResponseBody("are you?".getBytes(UTF_8), false)));
        WebSocketDeniedException denied =
                catchThrowableOfType(WebSocketDeniedException.class, () -> client.webSocket("/"));
        assertThat(denied.response().code()).isEqualTo(401);
        assertThat(denied.response().header("www-authenticate")).hasValue("Basic");
        assertThat(denied.response().text()).isEqualTo("who are you?");
    }

    @Test
    void an_application_that_neither_accepts_nor_closes_is_a_500() {
        TestClient client = TestClient.of(after()).withErrorPages();
        WebSocketDeniedException denied =
                catchThrowableOfType(WebSocketDeniedException.class, () -> client.webSocket("/"));
        assertThat(denied.response().code()).isEqualTo(500);
    }

    @Test
    @Tag("A35")
    void an_exception_closes_with_1011() {
        AsgiApplication failing = (scope, receive, send) -> receive.receive()
                .thenCompose(connect -> send.send(new WebSocketEvent.Accept()))
                .thenCompose(accepted -> CompletableFuture.failedFuture(new IllegalStateException("no database")));
        TestWebSocket socket = TestClient.of(failing).webSocket("/");
        assertThat(socket.closeCode()).isEqualTo(1011);
        assertThatThrownBy(socket::close)
                .isInstanceOf(ApplicationFailedException.class)
                .hasRootCauseMessage("no database");
    }

    @Test
    void a_close_has_the_applications_code_and_reason() {
        TestWebSocket socket = TestClient.of(after(new WebSocketEvent.Accept(), new WebSocketEvent.Close(4001, "bye")))
                .webSocket("/");
        assertThat(socket.closeCode()).isEqualTo(4001);
        assertThat(socket.closeReason()).isEqualTo("bye");
        socket.close();
    }

    @Test
    @Tag("A34")
    void a_send_after_the_client_left_fails_with_the_clients_exception() throws Exception {
        CompletableFuture<Void> late = new CompletableFuture<>();
        AsgiApplication sending = (scope, receive, send) -> receive.receive()
                .thenCompose(connect -> send.send(new WebSocketEvent.Accept()))
                .thenCompose(accepted -> receive.receive())
                .thenCompose(event -> {
                    seen.add(event);
                    return send.send(new WebSocketEvent.Send("too late")).whenComplete((sent, problem) -> {
                        late.completeExceptionally(problem);
                    });
                });
        TestWebSocket socket = TestClient.of(sending).webSocket("/");
        socket.breakOff();
        assertThat(seen(WebSocketEvent.Disconnect.class).code()).isEqualTo(1006);
        assertThatThrownBy(late::join).hasCauseInstanceOf(ClientException.class);
        socket.close(); // and it is no failure of the application
    }

    @Test
    @Tag("A34")
    void messages_that_came_before_the_close_are_received_before_the_disconnect() throws Exception {
        CompletableFuture<Void> gate = new CompletableFuture<>();
        AsgiApplication slow = (scope, receive, send) -> receive.receive()
                .thenCompose(connect -> send.send(new WebSocketEvent.Accept()))
                .thenCompose(accepted -> gate)
                .thenCompose(open -> receive.receive())
                .thenCompose(event -> {
                    seen.add(event);
                    return receive.receive();
                })
                .thenAccept(seen::add);
        TestWebSocket socket = TestClient.of(slow).webSocket("/");
        socket.send("first");
        socket.close(1001, "going");
        gate.complete(null);
        assertThat(seen(WebSocketEvent.Message.class).text()).isEqualTo("first");
        assertThat(seen(WebSocketEvent.Disconnect.class)).isEqualTo(new WebSocketEvent.Disconnect(1001, "going"));
        socket.close();
    }

    @Test
    @Tag("A36")
    void a_client_that_does_not_read_holds_the_application_up() throws Exception {
        BlockingQueue<Integer> sent = new LinkedBlockingQueue<>();
        AsgiApplication flooding = (scope, receive, send) -> {
            CompletionStage<Void> done =
                    receive.receive().thenCompose(connect -> send.send(new WebSocketEvent.Accept()));
            for (int i = 0; i < 100; i++) {
                int number = i;
                done = done.thenCompose(before -> send.send(new WebSocketEvent.Send("m" + number)))
                        .thenAccept(room -> sent.add(number));
            }
            return done;
        };
        TestWebSocket socket = TestClient.of(flooding).webSocket("/");
        assertThat(sent).hasSize(15);
        for (int i = 0; i < 100; i++) {
            assertThat(socket.text()).isEqualTo("m" + i);
        }
        assertThat(sent).hasSize(100);
        socket.close();
    }

    @Test
    void an_event_out_of_place_names_what_is_expected() {
        assertThatThrownBy(() ->
                        TestClient.of(after(new WebSocketEvent.Send("early"))).webSocket("/"))
                .hasRootCauseMessage(
                        "A30, send: expected websocket.accept, websocket.close or websocket.http.response.start,"
                                + " because the WebSocket was neither accepted nor closed; found websocket.send. Fix: accept or close first,"
                                + " and send afterwards");
        assertThatThrownBy(() -> TestClient.of(after(new HttpEvent.ResponseStart(200, List.of())))
                        .webSocket("/"))
                .rootCause()
                .hasMessageContaining(
                        "found http.response.start. Fix: answer an HttpScope with it, and a WebSocketScope");
    }

    @Test
    void a_wsgi_application_serves_no_websockets() {
        assertThatThrownBy(() -> TestClient.of((environ, start) -> List.of()).webSocket("/"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("The application serves no WebSockets");
    }

    @Test
    @Tag("A30")
    @Tag("A50")
    void a_header_of_the_connection_is_reported_with_the_event_that_gave_it() {
        List<Header> headers = List.of(new Header("Connection", "close"));
        try (CapturedLog log = new CapturedLog("io.gangway.server")) {
            TestClient.of(after(new WebSocketEvent.Accept(null, headers)))
                    .webSocket("/chat")
                    .close();
            assertThat(log.entries()).singleElement().asString().contains("W52, websocket.accept: ");
        }
        TestClient client = TestClient.of(after(new WebSocketEvent.ResponseStart(401, headers)));
        assertThatThrownBy(() -> client.webSocket("/chat"))
                .isInstanceOf(ApplicationFailedException.class)
                .hasMessageContaining("W52, websocket.http.response.start: ");
    }
}

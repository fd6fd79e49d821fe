package io.gangway.servlet.jetty;

import static org.assertj.core.api.Assertions.assertThat;

import io.gangway.asgi.AsgiApplication;
import io.gangway.asgi.HttpEvent;
import io.gangway.asgi.Receive;
import io.gangway.asgi.Send;
import io.gangway.asgi.WebSocketEvent;
import io.gangway.asgi.WebSocketScope;
import io.gangway.servlet.CapturedLog;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What only our own Jetty can show of WebSockets; the contract suite has the rest. */
@Timeout(120)
class WebSocketsTest {
    /** Longer than a client may take to answer a close. */
    private static final int SILENT_SECONDS = 11;

    private final HttpClient client = HttpClient.newHttpClient();

    @Test
    void a_close_after_a_long_silence_has_the_applications_code() throws Exception {
        AsgiApplication silent = (scope, receive, send) -> accept(receive, send)
                .thenComposeAsync(
                        accepted -> send.send(new WebSocketEvent.Close(4001, "enough")),
                        CompletableFuture.delayedExecutor(SILENT_SECONDS, TimeUnit.SECONDS));
        try (GatewayServer server = GatewayServer.of(silent).port(0).start()) {
            Closed closed = new Closed();
            open(server, closed);
            assertThat(closed.code).succeedsWithin(Duration.ofSeconds(60)).isEqualTo(4001);
        }
    }

    @Test
    void messages_that_nobody_receives_keep_no_thread() throws Exception {
        CompletableFuture<Void> deaf = new CompletableFuture<>();
        AsgiApplication application = (scope, receive, send) -> scope instanceof WebSocketScope
                ? accept(receive, send)
                        .thenCompose(accepted -> deaf)
                        .thenCompose(heard -> send.send(new WebSocketEvent.Close(4002, "")))
                : answer(send);
        try (GatewayServer server =
                GatewayServer.of(application).port(0).threads(12).start()) {
            List<Closed> all = new ArrayList<>();
            for (int i = 0; i < 30; i++) {
                Closed closed = new Closed();
                all.add(closed);
                flood(open(server, closed));
            }
            assertThat(client.send(
                                    HttpRequest.newBuilder(server.uri())
                                            .timeout(Duration.ofSeconds(60))
                                            .build(),
                                    BodyHandlers.ofString())
                            .body())
                    .isEqualTo("here");
            deaf.complete(null);
            for (Closed each : all) {
                assertThat(each.code).succeedsWithin(Duration.ofSeconds(60)).isEqualTo(4002);
            }
        }
    }

    @Test
    void the_entry_of_an_application_that_fails_speaks_of_the_websocket() throws Exception {
        AsgiApplication failing =
                (scope, receive, send) -> accept(receive, send).thenAccept(accepted -> {
                    throw new IllegalStateException("broken");
                });
        try (CapturedLog log = new CapturedLog()) {
            try (GatewayServer server = GatewayServer.of(failing).port(0).start()) {
                Closed closed = new Closed();
                open(server, closed);
                assertThat(closed.code).succeedsWithin(Duration.ofSeconds(60)).isEqualTo(1011);
            }
            assertThat(log.entries())
                    .extracting(LogRecord::getMessage)
                    .singleElement()
                    .asString()
                    .endsWith("\"GET /\" failed; its WebSocket is closed");
        }
    }

    private static CompletionStage<Void> accept(Receive receive, Send send) {
        return receive.receive().thenCompose(connect -> send.send(new WebSocketEvent.Accept()));
    }

    private static CompletionStage<Void> answer(Send send) {
        return send.send(new HttpEvent.ResponseStart(200, List.of()))
                .thenCompose(started -> send.send(new HttpEvent.ResponseBody(new byte[] {'h', 'e', 'r', 'e'})));
    }

    private WebSocket open(GatewayServer server, WebSocket.Listener listener) {
        URI uri = URI.create(server.uri().toString().replaceFirst("^http", "ws"));
        return client.newWebSocketBuilder().buildAsync(uri, listener).join();
    }

    /** Sends one message after the other, for as long as somebody takes them. */
    @SuppressWarnings("FutureReturnValueIgnored") // it fails when the server closes
    private static void flood(WebSocket socket) {
        socket.sendText("x".repeat(1000), true).thenAcceptAsync(WebSocketsTest::flood);
    }

    /** Waits for the server's close. */
    private static final class Closed implements WebSocket.Listener {
        private final CompletableFuture<Integer> code = new CompletableFuture<>();

        @Override
        public CompletionStage<?> onClose(WebSocket socket, int closeCode, String reason) {
            code.complete(closeCode);
            return CompletableFuture.completedFuture(null);
        }
    }
}

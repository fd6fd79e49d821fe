package io.gangway.it.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gangway.asgi.AsgiApplication;
import io.gangway.asgi.AsgiEvent;
import io.gangway.asgi.HttpEvent;
import io.gangway.asgi.Receive;
import io.gangway.asgi.Send;
import io.gangway.asgi.WebSocketEvent;
import io.gangway.asgi.WebSocketScope;
import io.gangway.it.client.Http2Answer;
import io.gangway.it.client.Http2Connection;
import io.gangway.it.client.Http2Connection.GoneAwayException;
import io.gangway.it.client.Http2Frame;
import io.gangway.it.websocket.RawWebSocket;
import io.gangway.servlet.jetty.GatewayServer;
import io.gangway.wsgi.Header;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** WebSockets and requests on one connection of HTTP/2 (RFC 8441), and clients that abuse it; the contract suite has the rest. */
class WebSocketsOverHttp2IT {
    /** RFC 9113, section 7. */
    private static final int CANCEL = 0x8;

    private static final int REFUSED_STREAM = 0x7;

    private static final int ENHANCE_YOUR_CALM = 0xb;

    /** The streams that a client may have at the same time. */
    private static final int MAX_STREAMS = 128;

    private final Semaphore called = new Semaphore(0);
    private final BlockingQueue<AsgiEvent.Received> seen = new LinkedBlockingQueue<>();
    private final CompletableFuture<Void> gate = new CompletableFuture<>();
    private GatewayServer server;

    @BeforeEach
    void serve() throws IOException {
        server = server(Map.of());
    }

    private GatewayServer server(Map<String, String> values) throws IOException {
        AsgiApplication application = (scope, receive, send) -> scope instanceof WebSocketScope socket
                ? receive.receive().thenCompose(connect -> call(socket, receive, send))
                : answer(send);
        return AsgiServer.start(application, values);
    }

    @AfterEach
    void stop() {
        gate.complete(null);
        server.close();
    }

    private CompletionStage<Void> call(WebSocketScope scope, Receive receive, Send send) {
        return switch (scope.path()) {
            case "/scope" -> {
                String what = scope.scheme() + " " + scope.httpVersion() + " "
                        + scope.header("host").orElse("none");
                yield send.send(new WebSocketEvent.Accept(
                                scope.subprotocols().get(1), List.of(new Header("x-scope", what))))
                        .thenCompose(accepted -> echo(receive, send));
            }
            case "/echo" -> accept(send).thenCompose(accepted -> echo(receive, send));
            case "/never" -> {
                called.release();
                yield receive.receive().thenCompose(event -> {
                    seen.add(event);
                    return CompletableFuture.completedFuture(null);
                });
            }
            case "/deaf" -> accept(send).thenCompose(accepted -> gate).thenCompose(open -> echo(receive, send));
            case "/close" -> accept(send).thenCompose(accepted -> send.send(new WebSocketEvent.Close(4001, "bye")));
            default ->
                send.send(new WebSocketEvent.ResponseStart(200, List.of()))
                        .thenCompose(
                                started -> send.send(new WebSocketEvent.ResponseBody("no".getBytes(UTF_8), false)));
        };
    }

    private static CompletionStage<Void> accept(Send send) {
        return send.send(new WebSocketEvent.Accept());
    }

    private static CompletionStage<Void> answer(Send send) {
        return send.send(new HttpEvent.ResponseStart(200, List.of()))
                .thenCompose(started -> send.send(new HttpEvent.ResponseBody("here".getBytes(UTF_8))));
    }

    private CompletionStage<Void> echo(Receive receive, Send send) {
        return receive.receive().thenCompose(event -> {
            if (event instanceof WebSocketEvent.Message message) {
                return send.send(new WebSocketEvent.Send(requireNonNull(message.text())))
                        .thenCompose(sent -> echo(receive, send));
            }
            seen.add(event);
            return CompletableFuture.completedFuture(null);
        });
    }

    /** The reason is Jetty's. */
    private void assertDisconnected(int code) throws InterruptedException {
        assertThat(seen.poll(30, TimeUnit.SECONDS))
                .isInstanceOfSatisfying(
                        WebSocketEvent.Disconnect.class,
                        disconnect -> assertThat(disconnect.code()).isEqualTo(code));
    }

    private static void assertServing(Http2Connection connection) throws IOException {
        int stream = connection.request("GET", "/");
        Http2Answer answer = connection.read();
        while (answer.stream() != stream) { // that of a stream which the client has reset
            answer = connection.read();
        }
        answer.answer().status(200).body("here");
    }

    private static int ask(Http2Connection connection, String path, String... headers) throws IOException {
        List<String> all = new ArrayList<>(List.of(":protocol", "websocket", "sec-websocket-version", "13"));
        all.addAll(List.of(headers));
        return connection.begin("CONNECT", path, all.toArray(String[]::new));
    }

    private static int open(Http2Connection connection, String path) throws IOException {
        int stream = ask(connection, path);
        connection.head(stream).status(200);
        return stream;
    }

    private static void send(Http2Connection connection, int stream, String text) throws IOException {
        connection.sendBody(stream, RawWebSocket.bytes(true, RawWebSocket.TEXT, text.getBytes(UTF_8)), false);
    }

    /** Reads a frame of at most 125 bytes. */
    private static byte[] bytes(InputStream body, int opcode) throws IOException {
        assertThat(body.read()).isEqualTo(0x80 | opcode);
        return body.readNBytes(body.read());
    }

    private static String frame(InputStream body, int opcode) throws IOException {
        return new String(bytes(body, opcode), UTF_8);
    }

    private static void reset(Http2Connection connection, int stream) throws IOException {
        connection.send(Http2Frame.ofInt(Http2Frame.RST_STREAM, stream, CANCEL));
        connection.flush();
    }

    @Test
    @Tag("A04")
    @Tag("A30")
    void is_accepted_with_a_subprotocol_and_headers_and_no_key() throws IOException {
        try (Http2Connection connection = new Http2Connection(server.port())) {
            int stream = ask(connection, "/scope", "sec-websocket-protocol", "a, b");
            connection
                    .head(stream)
                    .status(200)
                    .header("x-scope", "ws 2 here")
                    .header("sec-websocket-protocol", "b")
                    .header("sec-websocket-accept")
                    .header("upgrade");
            send(connection, stream, "hello");
            assertThat(frame(connection.body(stream), RawWebSocket.TEXT)).isEqualTo("hello");
        }
    }

    /** As Python's h2 does; RFC 8441, section 3, has the setting for servers. */
    @Test
    void a_client_that_sends_the_servers_setting_as_0_opens_one() throws IOException {
        try (Http2Connection connection = new Http2Connection(server.port())) {
            connection.send(new Http2Frame(Http2Frame.SETTINGS, 0, 0, Http2Connection.settings(0x8, 0)));
            int stream = open(connection, "/echo");
            send(connection, stream, "hello");
            assertThat(frame(connection.body(stream), RawWebSocket.TEXT)).isEqualTo("hello");
        }
    }

    @Test
    void two_websockets_and_requests_share_a_connection() throws IOException {
        try (Http2Connection connection = new Http2Connection(server.port())) {
            int first = open(connection, "/echo");
            int second = open(connection, "/echo");
            send(connection, first, "one");
            connection.request("GET", "/");
            send(connection, second, "two");
            connection.read().answer().status(200).body("here");
            assertThat(frame(connection.body(second), RawWebSocket.TEXT)).isEqualTo("two");
            assertThat(frame(connection.body(first), RawWebSocket.TEXT)).isEqualTo("one");
        }
    }

    @Test
    @Tag("A36")
    void an_application_that_does_not_receive_holds_up_its_websocket_alone() throws Exception {
        try (Http2Connection connection = new Http2Connection(server.port())) {
            int deaf = open(connection, "/deaf");
            for (int i = 0; i < 200; i++) { // more than the queue takes, and less than the window
                send(connection, deaf, "m" + i);
            }
            int other = open(connection, "/echo");
            send(connection, other, "there?");
            assertThat(frame(connection.body(other), RawWebSocket.TEXT)).isEqualTo("there?");
            connection.request("GET", "/");
            connection.read().answer().status(200).body("here");
            gate.complete(null);
            InputStream late = connection.body(deaf);
            for (int i = 0; i < 200; i++) {
                assertThat(frame(late, RawWebSocket.TEXT)).isEqualTo("m" + i);
            }
        }
    }

    @Test
    @Tag("A31")
    void a_denial_with_a_200_does_not_open_it() throws IOException {
        try (Http2Connection connection = new Http2Connection(server.port())) {
            ask(connection, "/deny");
            connection.read().answer().status(403).body("no");
            assertServing(connection);
        }
    }

    /** At any time: Jetty tells nobody of one that comes while it suspends the request. */
    @RepeatedTest(20)
    @Tag("A34")
    void a_reset_before_the_accept_is_a_disconnect() throws Exception {
        try (Http2Connection connection = new Http2Connection(server.port())) {
            int stream = ask(connection, "/never");
            connection.flush();
            assertThat(called.tryAcquire(30, TimeUnit.SECONDS)).isTrue();
            reset(connection, stream);
            assertDisconnected(1006);
            assertServing(connection);
        }
    }

    @Test
    @Tag("A34")
    void a_reset_after_the_accept_is_a_disconnect() throws Exception {
        try (Http2Connection connection = new Http2Connection(server.port())) {
            int stream = open(connection, "/echo");
            send(connection, stream, "there?");
            assertThat(frame(connection.body(stream), RawWebSocket.TEXT)).isEqualTo("there?");
            reset(connection, stream);
            assertDisconnected(1006);
            assertServing(connection);
        }
    }

    @Test
    @Tag("A34")
    void an_end_of_the_stream_without_a_close_is_a_disconnect() throws Exception {
        try (Http2Connection connection = new Http2Connection(server.port())) {
            connection.sendBody(open(connection, "/echo"), new byte[0], true);
            connection.flush();
            assertDisconnected(1006);
        }
    }

    @Test
    @Tag("A34")
    void a_connection_that_breaks_is_a_disconnect_of_each() throws Exception {
        try (Http2Connection connection = new Http2Connection(server.port())) {
            open(connection, "/echo");
            open(connection, "/echo");
            connection.reset();
            assertDisconnected(1006);
            assertDisconnected(1006);
        }
    }

    @Test
    @Tag("A34")
    void a_client_that_answers_no_pings_is_gone() throws Exception {
        try (GatewayServer pinging =
                        server(Map.of("gangway.ws-ping-interval", "100ms", "gangway.ws-ping-timeout", "300ms"));
                Http2Connection connection = new Http2Connection(pinging.port())) {
            int stream = open(connection, "/echo");
            assertThat(frame(connection.body(stream), RawWebSocket.PING)).isNotEmpty();
            assertDisconnected(1006);
            assertServing(connection);
        }
    }

    @Test
    @Tag("A31")
    void a_handshake_that_is_not_answered_in_time_is_answered_with_504() throws Exception {
        try (GatewayServer impatient = server(Map.of("gangway.ws-handshake-timeout", "1s"));
                Http2Connection connection = new Http2Connection(impatient.port())) {
            ask(connection, "/never");
            connection.read().answer().status(504);
            assertDisconnected(1006);
            assertServing(connection);
        }
    }

    /** Though the client ends none of its sides: what is closed neither counts nor holds up the stop. */
    @Test
    @Tag("A35")
    void closed_ones_leave_no_streams() throws Exception {
        try (Http2Connection connection = new Http2Connection(server.port())) {
            for (int i = 0; i < 3 * MAX_STREAMS; i++) {
                int stream = open(connection, "/close");
                assertThat(frame(connection.body(stream), RawWebSocket.CLOSE)).endsWith("bye");
                connection.sendBody(
                        stream, RawWebSocket.bytes(true, RawWebSocket.CLOSE, new byte[] {0x0f, (byte) 0xa1}), false);
                Http2Answer end = connection.read();
                assertThat(end.stream()).isEqualTo(stream);
            }
            CompletableFuture.runAsync(server::close).get(20, TimeUnit.SECONDS); // the graceful timeout is longer
        }
    }

    @Test
    @Tag("A35")
    void a_stop_closes_with_1012_and_waits_for_the_close() throws Exception {
        try (Http2Connection connection = new Http2Connection(server.port())) {
            int stream = open(connection, "/echo");
            InputStream body = connection.body(stream);
            send(connection, stream, "open?"); // Jetty opens it behind its 200
            assertThat(frame(body, RawWebSocket.TEXT)).isEqualTo("open?");
            CompletableFuture<Void> stop = CompletableFuture.runAsync(server::close);
            byte[] code = bytes(body, RawWebSocket.CLOSE);
            assertThat(code).containsExactly(1012 >> 8, 1012 & 0xff);
            assertThat(stop).isNotDone();
            connection.sendBody(stream, RawWebSocket.bytes(true, RawWebSocket.CLOSE, code), true);
            connection.flush();
            stop.get(20, TimeUnit.SECONDS);
            assertDisconnected(1012);
        }
    }

    @Test
    void another_protocol_is_not_implemented() throws IOException {
        try (Http2Connection connection = new Http2Connection(server.port())) {
            connection.begin("CONNECT", "/echo", ":protocol", "connect-udp", "sec-websocket-version", "13");
            connection.read().answer().status(501);
        }
    }

    @Test
    void another_version_is_refused() throws IOException {
        try (Http2Connection connection = new Http2Connection(server.port())) {
            connection.begin("CONNECT", "/echo", ":protocol", "websocket", "sec-websocket-version", "12");
            connection.read().answer().status(426).header("sec-websocket-version", "13");
            connection.begin("CONNECT", "/echo", ":protocol", "websocket");
            connection.read().answer().status(405);
        }
    }

    @Test
    void a_wsgi_function_gets_no_request_for_one() throws IOException {
        try (GatewayServer wsgi = GatewayServer.of((environ, start) -> {
                            start.start("200 OK", List.of());
                            return List.of();
                        })
                        .port(0)
                        .start();
                Http2Connection connection = new Http2Connection(wsgi.port())) {
            ask(connection, "/");
            connection.read().answer().status(405);
        }
    }

    @Test
    void a_flood_of_opened_and_reset_ones_ends_its_connection_alone() throws Exception {
        try (Http2Connection calm = new Http2Connection(server.port());
                Http2Connection flooding = new Http2Connection(server.port())) {
            int stream = open(calm, "/echo");
            assertThatThrownBy(() -> {
                        for (int i = 0; i < 20_000; i++) {
                            reset(flooding, ask(flooding, "/never"));
                            if (i % 50 == 0) {
                                int last = flooding.request("GET", "/");
                                while (flooding.read().stream() != last) {
                                    // answers that came before the reset
                                }
                            }
                        }
                    })
                    .isInstanceOfSatisfying(
                            GoneAwayException.class,
                            gone -> assertThat(gone.code()).isEqualTo(ENHANCE_YOUR_CALM));
            send(calm, stream, "calm");
            assertThat(frame(calm.body(stream), RawWebSocket.TEXT)).isEqualTo("calm");
        }
    }

    @Test
    void handshakes_that_nobody_answers_are_streams_like_any_other() throws IOException {
        try (Http2Connection connection = new Http2Connection(server.port())) {
            for (int i = 0; i < MAX_STREAMS; i++) {
                ask(connection, "/never");
            }
            ask(connection, "/never");
            assertThat(connection.read().reset()).isEqualTo(REFUSED_STREAM);
        }
    }
}

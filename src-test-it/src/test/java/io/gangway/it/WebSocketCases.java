package io.gangway.it;

import static io.gangway.it.websocket.RawWebSocket.BINARY;
import static io.gangway.it.websocket.RawWebSocket.CLOSE;
import static io.gangway.it.websocket.RawWebSocket.CONTINUATION;
import static io.gangway.it.websocket.RawWebSocket.PING;
import static io.gangway.it.websocket.RawWebSocket.PONG;
import static io.gangway.it.websocket.RawWebSocket.TEXT;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gangway.it.client.Answer;
import io.gangway.it.client.RawConnection;
import io.gangway.it.websocket.RawWebSocket;
import io.gangway.it.websocket.RawWebSocket.Frame;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The rules about WebSockets (A30-A36). */
abstract class WebSocketCases extends WebSocketAttackCases {
    WebSocketCases(AsgiBackend backend, ProcessBackend serving) {
        super(backend, serving);
    }

    @Test
    @Tag("A30")
    @Tag("A33")
    void messages_are_echoed_whole() throws IOException {
        try (RawWebSocket socket = open("/echo")) {
            assertThat(socket.header("Sec-WebSocket-Accept")).hasValue("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
            assertThat(socket.header("Sec-WebSocket-Protocol")).isEmpty();
            socket.text("caf\u00e9 \ud83d\udea2");
            Frame text = socket.message();
            assertThat(text.opcode()).isEqualTo(TEXT);
            assertThat(text.text()).isEqualTo("caf\u00e9 \ud83d\udea2");
            socket.frame(true, BINARY, new byte[] {0, (byte) 0xff});
            Frame bytes = socket.message();
            assertThat(bytes.opcode()).isEqualTo(BINARY);
            assertThat(bytes.payload()).containsExactly(0, 0xff);
            socket.text("");
            assertThat(socket.message().text()).isEmpty();
        }
    }

    @Test
    @Tag("A33")
    void fragments_pings_and_pongs_are_the_servers_matter() throws IOException {
        try (RawWebSocket socket = open("/echo")) {
            socket.frame(false, TEXT, "one ".getBytes(UTF_8));
            socket.frame(true, PING, "p".getBytes(UTF_8));
            socket.frame(false, CONTINUATION, "two ".getBytes(UTF_8));
            socket.frame(true, CONTINUATION, "three".getBytes(UTF_8));
            Frame pong = socket.frame();
            assertThat(pong.opcode()).isEqualTo(PONG);
            assertThat(pong.text()).isEqualTo("p");
            assertThat(socket.message().text()).isEqualTo("one two three");
        }
    }

    @Test
    @Tag("A33")
    void a_message_of_the_largest_size_passes_and_a_larger_one_closes_with_1009() throws IOException {
        String largest = "x".repeat(AsgiBackend.MAX_MESSAGE);
        try (RawWebSocket socket = open("/echo")) {
            socket.text(largest);
            assertThat(socket.message().text()).isEqualTo(largest);
            socket.text(largest + "y");
            assertThat(socket.closed().code()).isEqualTo(1009);
        }
    }

    @Test
    @Tag("A33")
    void text_that_is_no_utf_8_closes_with_1007() throws IOException {
        try (RawWebSocket socket = open("/echo")) {
            socket.frame(true, TEXT, new byte[] {'a', (byte) 0xff});
            assertThat(socket.closed().code()).isEqualTo(1007);
        }
    }

    @Test
    void an_unmasked_frame_closes_with_1002() throws IOException {
        try (RawWebSocket socket = open("/echo")) {
            socket.raw(new byte[] {(byte) 0x81, 1, 'a'});
            assertThat(socket.closed().code()).isEqualTo(1002);
        }
    }

    @Test
    @Tag("A30")
    @Tag("A32")
    void the_application_chooses_a_subprotocol_and_adds_headers() throws IOException {
        try (RawWebSocket socket = open("/choose", "Sec-WebSocket-Protocol: a, b", "Sec-WebSocket-Protocol: c")) {
            assertThat(socket.header("Sec-WebSocket-Protocol")).hasValue("c");
            assertThat(socket.header("X-Offered")).hasValue("a|b|c");
        }
    }

    @Test
    @Tag("A30")
    void the_handshake_waits_for_the_application() throws IOException {
        String id = newRun("late");
        try (RawConnection connection = backend().connect()) {
            connection.send(RawWebSocket.request(backend().base() + "/late/" + id));
            await().atMost(MAX_WAIT).until(() -> journal(id).equals("waiting"));
            ask("/release/" + id);
            RawWebSocket socket = RawWebSocket.accepted(connection);
            assertThat(socket.header("X-Released")).hasValue(id); // no answer came before the application's
            assertThat(socket.text("a").message().text()).isEqualTo("a");
        }
    }

    @Test
    @Tag("A31")
    void a_close_before_the_accept_is_a_403() throws IOException {
        assertDenied("/deny", 403);
    }

    @Test
    @Tag("A31")
    @Tag("A50")
    void an_application_denies_with_a_response_of_its_own() throws IOException {
        Answer answer = assertDenied("/deny-401", 401);
        answer.header("WWW-Authenticate", "Basic").body("who are you?").endedCleanly();
    }

    @Test
    void a_failure_before_the_accept_is_a_500() throws IOException {
        assertDenied("/fail", 500);
    }

    @Test
    @Tag("A31")
    void a_return_before_the_accept_is_a_500() throws IOException {
        assertDenied("/nothing", 500);
    }

    private Answer assertDenied(String path, int status) throws IOException {
        try (RawConnection connection = backend().connect()) {
            connection.send(RawWebSocket.request(backend().base() + path));
            return connection.read("GET").status(status);
        }
    }

    @Test
    void a_handshake_of_another_version_or_without_a_key_is_refused() throws IOException {
        try (RawConnection connection = backend().connect()) {
            connection.send(RawWebSocket.request(backend().base() + "/echo")
                    .replace("Sec-WebSocket-Version: 13", "Sec-WebSocket-Version: 12"));
            connection.read("GET").status(426).header("Sec-WebSocket-Version", "13");
        }
        try (RawConnection connection = backend().connect()) {
            connection.send(RawWebSocket.request(backend().base() + "/echo")
                    .replace("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "X-No: key"));
            connection.read("GET").status(400);
        }
    }

    @Test
    @Tag("A35")
    void an_exception_closes_with_1011() throws IOException {
        try (RawWebSocket socket = open("/fail-later")) {
            assertThat(socket.text("a").closed().code()).isEqualTo(1011);
        }
    }

    @Test
    @Tag("A35")
    void a_close_has_the_applications_code_and_reason() throws IOException {
        try (RawWebSocket socket = open("/close")) {
            Frame closed = socket.closed();
            assertThat(closed.code()).isEqualTo(4001);
            assertThat(new String(closed.payload(), 2, closed.payload().length - 2, UTF_8))
                    .isEqualTo("bye");
        }
    }

    @Test
    @Tag("A35")
    void a_plain_return_closes_with_1000() throws IOException {
        try (RawWebSocket socket = open("/return")) {
            assertThat(socket.closed().code()).isEqualTo(1000);
        }
    }

    @Test
    @Tag("A34")
    void the_application_sees_the_clients_code_and_reason() throws IOException {
        String id = newRun("code");
        try (RawWebSocket socket = open("/echo/" + id)) {
            socket.close(4002, "enough");
            assertThat(socket.closed().code()).isEqualTo(4002);
        }
        assertJournal(id, "4002 enough");
    }

    @Test
    @Tag("A34")
    void a_client_that_leaves_before_the_accept_is_seen_as_1006() throws IOException {
        assertSeenBeforeAccept(newRun("left-early"), RawConnection::close);
    }

    @Test
    @Tag("A34")
    void a_client_that_resets_its_connection_before_the_accept_is_seen_as_1006() throws IOException {
        assertSeenBeforeAccept(newRun("reset-early"), RawConnection::reset);
    }

    private void assertSeenBeforeAccept(String id, Leaving leaving) throws IOException {
        try (RawConnection connection = backend().connect()) {
            connection.send(RawWebSocket.request(backend().base() + "/unanswered/" + id));
            assertJournal(id, "waiting");
            leaving.leave(connection);
        }
        await().atMost(MAX_WAIT).untilAsserted(() -> assertThat(journal(id)).startsWith("1006"));
    }

    @FunctionalInterface
    private interface Leaving {
        void leave(RawConnection connection) throws IOException;
    }

    @Test
    @Tag("A34")
    void a_connection_that_breaks_is_seen_as_1006() throws IOException {
        String id = newRun("broken");
        try (RawWebSocket socket = open("/echo/" + id)) {
            assertThat(socket.text("a").message().text()).isEqualTo("a");
            socket.connection().reset();
        }
        await().atMost(MAX_WAIT).untilAsserted(() -> assertThat(journal(id)).startsWith("1006"));
    }

    @Test
    @Tag("A34")
    void nothing_can_be_sent_after_the_client_has_left_and_not_even_a_close() throws IOException {
        String id = newRun("left");
        try (RawWebSocket socket = open("/send-late/" + id)) {
            socket.close(1000, "").closed();
        }
        assertJournal(id, "left left left");
    }

    @Test
    @Tag("A35")
    void nothing_can_be_sent_after_the_applications_own_close() throws IOException {
        String id = newRun("closed");
        try (RawWebSocket socket = open("/send-closed/" + id)) {
            assertThat(socket.closed().code()).isEqualTo(1000);
        }
        assertJournal(id, "A30 A30");
    }

    @Test
    @Tag("A36")
    void a_client_that_does_not_read_holds_the_application_up() throws IOException {
        String id = newRun("flood");
        try (RawWebSocket socket = open("/flood/" + id)) {
            AtomicInteger last = new AtomicInteger(-1);
            // It goes on until the buffers of both systems are full, and then it stands still.
            await().atMost(MAX_WAIT).pollInterval(Duration.ofSeconds(1)).until(() -> {
                int now = Integer.parseInt("0" + journal(id));
                return now > 0 && last.getAndSet(now) == now;
            });
            assertThat(last.get()).isLessThan(4096); // 64 MiB
            for (int i = 0; i < last.get(); i++) {
                assertThat(socket.message().payload()).hasSize(16 << 10);
            }
            await().atMost(MAX_WAIT).until(() -> Integer.parseInt(journal(id)) > last.get());
        }
    }

    @Test
    @Tag("A36")
    void an_application_that_does_not_receive_holds_the_client_up() throws Exception {
        String id = newRun("ignore");
        int messages = 1_000;
        byte[] message = RawWebSocket.bytes(true, BINARY, new byte[64 << 10]);
        try (RawWebSocket socket = open("/ignore/" + id)) {
            AtomicInteger sent = new AtomicInteger();
            Thread sender = new Thread(() -> {
                try {
                    for (int i = 0; i < messages; i++) {
                        socket.raw(message);
                        sent.incrementAndGet();
                    }
                } catch (IOException e) {
                    sent.set(-1);
                }
            });
            sender.start();
            AtomicInteger last = new AtomicInteger(-1);
            await().atMost(MAX_WAIT).pollInterval(Duration.ofSeconds(1)).until(() -> {
                int now = sent.get();
                return now > 0 && last.getAndSet(now) == now;
            });
            assertThat(last.get()).isLessThan(messages);
            ask("/release/" + id);
            sender.join(MAX_WAIT.toMillis());
            assertJournal(id, "" + messages);
        }
    }

    @Test
    void many_small_messages_keep_their_order() throws IOException {
        try (RawWebSocket socket = open("/echo")) {
            List<String> got = new ArrayList<>();
            for (int round = 0; round < 10; round++) {
                for (int i = 0; i < 100; i++) {
                    socket.text("m" + (100 * round + i));
                }
                for (int i = 0; i < 100; i++) {
                    got.add(socket.message().text());
                }
            }
            for (int i = 0; i < 1_000; i++) {
                assertThat(got.get(i)).isEqualTo("m" + i);
            }
        }
    }

    @Test
    void an_ordinary_request_beside_it_is_answered() throws IOException {
        try (RawWebSocket socket = open("/echo")) {
            ask("/journal/none").status(200).body("");
            assertThat(socket.text("a").message().opcode()).isEqualTo(TEXT);
            socket.frame(true, CLOSE, new byte[0]);
            assertThat(socket.closed().opcode()).isEqualTo(CLOSE);
        }
    }
}

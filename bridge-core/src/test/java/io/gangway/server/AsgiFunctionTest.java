package io.gangway.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gangway.asgi.AsgiEvent;
import io.gangway.asgi.HttpEvent;
import io.gangway.asgi.HttpScope;
import io.gangway.asgi.WebSocketEvent;
import io.gangway.exchange.Outcome.Ending;
import io.gangway.exchange.RequestFacts;
import io.gangway.testlog.CapturedLog;
import io.gangway.wsgi.ApplicationViolation;
import io.gangway.wsgi.Header;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An ASGI function on an exchange whose wire never waits: A10-A18. */
@SuppressWarnings("FutureReturnValueIgnored") // an application need not wait for what it sends
class AsgiFunctionTest {
    private final AsgiRig rig = new AsgiRig();

    @Test
    @Tag("A10")
    void nothing_is_read_before_the_application_asks() {
        rig.serve(AsgiRig.post(2));
        rig.pieces.add("ab".getBytes(UTF_8));
        assertThat(rig.reads).isZero();

        assertThat(body(rig.receive())).isEqualTo("ab, last");
    }

    @Test
    @Tag("A10")
    void the_body_comes_in_pieces_of_which_only_the_last_has_no_more() {
        rig.serve(AsgiRig.post(5));
        CompletableFuture<AsgiEvent.Received> first = rig.receive();
        assertThat(first).isNotDone();
        rig.arrives("abc");
        assertThat(body(first)).isEqualTo("abc, more");
        CompletableFuture<AsgiEvent.Received> second = rig.receive();
        rig.arrives("de");
        assertThat(body(second)).isEqualTo("de, last");
    }

    @Test
    @Tag("A10")
    void a_body_of_unknown_length_ends_with_an_empty_piece() {
        rig.serve(AsgiRig.post(-1));
        rig.pieces.add("abc".getBytes(UTF_8));
        rig.pieces.add(new byte[0]);
        assertThat(body(rig.receive())).isEqualTo("abc, more");
        assertThat(body(rig.receive())).isEqualTo(", last");
    }

    @Test
    void a_request_without_a_body_has_one_empty_piece_and_no_read() {
        rig.serve(AsgiRig.get());
        assertThat(body(rig.receive())).isEqualTo(", last");
        assertThat(rig.reads).isZero();
    }

    @Test
    void several_receives_are_answered_in_their_order() {
        rig.serve(AsgiRig.post(4));
        CompletableFuture<AsgiEvent.Received> first = rig.receive();
        CompletableFuture<AsgiEvent.Received> second = rig.receive();
        rig.arrives("ab");
        rig.arrives("cd");
        assertThat(body(first)).isEqualTo("ab, more");
        assertThat(body(second)).isEqualTo("cd, last");
    }

    @Test
    @Tag("A11")
    void after_the_response_receive_gives_a_disconnect() {
        rig.serve(AsgiRig.get());
        rig.receive();
        CompletableFuture<AsgiEvent.Received> waiting = rig.receive();
        rig.start(200);
        assertThat(waiting).isNotDone();
        rig.body("a", false);
        assertThat(waiting).isCompletedWithValue(new HttpEvent.Disconnect());
        assertThat(rig.receive()).isCompletedWithValue(new HttpEvent.Disconnect());
    }

    @Test
    @Tag("A11")
    void a_client_that_leaves_is_a_disconnect() {
        rig.serve(AsgiRig.get());
        rig.receive();
        CompletableFuture<AsgiEvent.Received> waiting = rig.receive();
        rig.leave();
        assertThat(waiting).isCompletedWithValue(new HttpEvent.Disconnect());
        assertThat(rig.outcome().ending()).isEqualTo(Ending.CLIENT_LEFT);
        rig.returned.complete(null);
        assertThat(rig.log).containsExactly("end CLIENT_LEFT");
    }

    @Test
    @Tag("A11")
    void a_body_that_breaks_off_is_a_disconnect() {
        rig.serve(AsgiRig.post(9));
        CompletableFuture<AsgiEvent.Received> waiting = rig.receive();
        rig.breaksItsBodyOff();
        assertThat(waiting).isCompletedWithValue(new HttpEvent.Disconnect());
        assertThat(rig.outcome().problem()).isSameAs(rig.gone);
    }

    @Test
    @Tag("A11")
    void an_application_that_only_waits_learns_that_the_client_closed_its_side() {
        rig.serve(AsgiRig.get());
        assertThat(rig.isClosingWanted()).isFalse();
        rig.receive();
        CompletableFuture<AsgiEvent.Received> waiting = rig.receive();
        assertThat(rig.isClosingWanted()).isTrue();
        rig.closes();
        assertThat(waiting).isCompletedWithValue(new HttpEvent.Disconnect());
        rig.returned.complete(null);
        assertThat(rig.outcome().isClientsFault()).isTrue();
    }

    @Test
    @Tag("A12")
    void send_completes_when_there_is_room() {
        rig.serve(AsgiRig.get());
        rig.start(200);
        rig.isFull = true;
        CompletableFuture<Void> first = rig.body("a", true);
        CompletableFuture<Void> second = rig.body("b", false);
        assertThat(first).isNotDone();
        rig.makeRoom();
        assertThat(first).isCompleted();
        assertThat(second).isCompleted();
        assertThat(rig.log).containsExactly("head 200 OK", "flush a", "write b", "end COMPLETE");
    }

    @Test
    @Tag("A13")
    void send_fails_after_the_client_left_and_so_does_what_waits() {
        rig.serve(AsgiRig.get());
        rig.start(200);
        rig.isFull = true;
        CompletableFuture<Void> waiting = rig.body("a", true);
        CompletableFuture<Void> behind = rig.body("b", true);
        rig.leave();
        for (CompletableFuture<Void> send : List.of(waiting, behind, rig.body("c", false))) {
            assertThatThrownBy(send::join).hasCause(rig.gone);
        }
        rig.returned.completeExceptionally(rig.gone);
        assertThat(rig.outcome().isClientsFault()).isTrue();
    }

    @Test
    @Tag("A54")
    void the_scope_tells_of_the_tls_connection() {
        rig.serve(RequestFacts.of("r1", "GET")
                .scheme("https")
                .tls(Map.of("SSL_PROTOCOL", "TLSv1.2", "SSL_CIPHER", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"))
                .build());
        assertThat(((HttpScope) rig.scope()).extensions())
                .containsEntry(
                        "tls", Map.of("tls_version", 0x0303, "cipher_suite", 0xc02f, "client_cert_chain", List.of()));
    }

    @Test
    void the_scope_of_a_connection_without_tls_tells_nothing_of_it() {
        rig.serve(AsgiRig.get());
        assertThat(((HttpScope) rig.scope()).extensions()).doesNotContainKey("tls");
    }

    @Test
    @Tag("A14")
    void an_application_that_waits_for_its_client_has_sent_the_head() {
        rig.serve(AsgiRig.get());
        rig.receive();
        rig.start(200);
        assertThat(rig.log).isEmpty();
        CompletableFuture<AsgiEvent.Received> leaving = rig.receive();
        assertThat(rig.log).containsExactly("head 200 OK", "flush ");
        assertThat(rig.body("a", false)).isCompleted();
        assertThat(leaving).isCompletedWithValue(new HttpEvent.Disconnect());
        assertThat(rig.log).containsExactly("head 200 OK", "flush ", "write a", "end COMPLETE");
    }

    @Test
    @Tag("A14")
    void an_application_that_waits_for_a_body_has_sent_the_head() {
        rig.serve(AsgiRig.post(2));
        rig.start(200);
        CompletableFuture<AsgiEvent.Received> first = rig.receive();
        assertThat(rig.log).containsExactly("head 200 OK", "flush ");
        rig.arrives("ab");
        assertThat(body(first)).isEqualTo("ab, last");
    }

    @Test
    @Tag("A14")
    void the_head_waits_if_the_body_has_come() {
        rig.serve(AsgiRig.post(2));
        rig.pieces.add("ab".getBytes(UTF_8));
        rig.start(200);
        assertThat(body(rig.receive())).isEqualTo("ab, last");
        assertThat(rig.log).isEmpty();
    }

    @Test
    @Tag("A14")
    void the_head_is_sent_before_a_read_that_blocks() {
        rig.isBlocking = true;
        rig.serve(AsgiRig.post(2));
        rig.pieces.add("ab".getBytes(UTF_8));
        rig.start(200);
        assertThat(body(rig.receive())).isEqualTo("ab, last");
        assertThat(rig.log).containsExactly("head 200 OK", "flush ");
    }

    @Test
    @Tag("A14")
    void a_client_that_waits_for_100_continue_gets_that_before_the_head() {
        rig.serve(RequestFacts.of("r1", "POST")
                .bodyLength(2)
                .headers(List.of(new Header("Expect", "100-continue")))
                .build());
        rig.start(200);
        rig.receive();
        assertThat(rig.log).isEmpty();
    }

    @Test
    @Tag("A14")
    void a_body_waits_for_room_behind_the_head_alone() {
        rig.serve(AsgiRig.get());
        rig.receive();
        rig.start(200);
        rig.isFull = true;
        rig.receive();
        CompletableFuture<Void> first = rig.body("a", true);
        assertThat(first).isNotDone();
        assertThat(rig.log).containsExactly("head 200 OK", "flush ");
        rig.makeRoom();
        assertThat(first).isCompleted();
    }

    @Test
    @Tag("A14")
    void the_start_waits_for_the_body_so_that_a_failure_is_a_500() {
        rig.serve(AsgiRig.get());
        rig.start(200);
        assertThat(rig.log).isEmpty();
        rig.returned.completeExceptionally(new IllegalStateException("no database"));
        assertThat(rig.log.get(0)).startsWith("head 500 Internal Server Error");
        assertThat(rig.outcome().problem()).hasMessage("no database");
    }

    @Test
    void one_part_gets_its_length_and_several_are_flushed_one_by_one() {
        rig.serve(AsgiRig.get());
        rig.start(200, new Header("x", "1"));
        rig.body("abc", false);
        assertThat(rig.log).containsExactly("head 200 OK x=1 Content-Length=3", "write abc", "end COMPLETE");
    }

    @Test
    @Tag("A15")
    void a_body_before_the_start_names_the_event_and_the_state() {
        rig.serve(AsgiRig.get());
        assertViolation(
                () -> rig.body("a", false).join(),
                "A15, send: expected http.response.start, because nothing has been sent; found http.response.body."
                        + " Fix: send http.response.start once, then http.response.body until one has moreBody=false");
    }

    @Test
    @Tag("A15")
    void a_second_start_and_another_protocols_event_are_out_of_place() {
        rig.serve(AsgiRig.get());
        rig.start(200);
        assertViolation(
                () -> rig.start(200).join(),
                "A15, send: expected http.response.body, because the response has started; found http.response.start."
                        + " Fix: send http.response.start once, then http.response.body until one has moreBody=false");
        assertThatThrownBy(() -> rig.send(new WebSocketEvent.Accept()).join())
                .hasMessageContaining(
                        "found websocket.accept. Fix: answer a WebSocketScope with it, and an HttpScope with");
        rig.body("a", false);
        assertThat(rig.outcome().ending()).isEqualTo(Ending.COMPLETE);
    }

    @Test
    @Tag("A15")
    void events_after_the_end_are_ignored() {
        rig.serve(AsgiRig.get());
        rig.start(200);
        rig.body("a", false);
        assertThat(rig.body("b", false)).isCompleted();
        assertThat(rig.start(500)).isCompleted();
        rig.returned.complete(null);
        assertThat(rig.log).containsExactly("head 200 OK Content-Length=1", "write a", "end COMPLETE");
    }

    @Test
    @Tag("A16")
    void more_bytes_than_content_length_fail_the_send() {
        rig.serve(AsgiRig.get());
        rig.start(200, new Header("content-length", "2"));
        assertThatThrownBy(() -> rig.body("abc", true).join()).hasMessageContaining("W63");
        assertThat(rig.log).containsExactly("head 200 OK content-length=2", "flush ab");
    }

    @Test
    @Tag("A16")
    void fewer_bytes_than_content_length_break_the_response_off() {
        rig.serve(AsgiRig.get());
        rig.start(200, new Header("content-length", "3"));
        rig.body("a", true);
        rig.body("", false);
        assertThat(rig.outcome().ending()).isEqualTo(Ending.BROKEN);
        assertThat(rig.outcome().problem()).hasMessageContaining("W63");
    }

    @Test
    void a_head_that_the_server_refuses_can_be_replaced() {
        rig.serve(AsgiRig.get());
        assertThatThrownBy(
                        () -> rig.start(200, new Header("content-length", "x")).join())
                .hasMessageContaining("W63");
        rig.start(404);
        rig.body("no", false);
        assertThat(rig.log).containsExactly("head 404 Not Found Content-Length=2", "write no", "end COMPLETE");
    }

    @Test
    @Tag("A16")
    void an_applications_transfer_encoding_is_ignored() {
        rig.serve(AsgiRig.get());
        rig.start(200, new Header("transfer-encoding", "chunked"));
        rig.body("a", false);
        assertThat(rig.log.get(0)).isEqualTo("head 200 OK Content-Length=1");
    }

    @Test
    @Tag("A17")
    void a_return_without_a_response_is_a_500() {
        rig.serve(AsgiRig.get());
        rig.returned.complete(null);
        assertThat(rig.log.get(0)).startsWith("head 500 ");
        assertThat(rig.outcome().problem())
                .isInstanceOf(ApplicationViolation.class)
                .hasMessage(
                        "A17, the application's return: expected http.response.start; found the end, and nothing has been"
                                + " sent. Fix: complete the application's stage after the last http.response.body, which has"
                                + " moreBody=false");
    }

    @Test
    @Tag("A17")
    void a_return_in_the_middle_of_the_response_breaks_it_off() {
        rig.serve(AsgiRig.get());
        rig.start(200);
        rig.body("a", true);
        rig.returned.complete(null);
        assertThat(rig.log).containsExactly("head 200 OK", "flush a", "end BROKEN");
    }

    @Test
    @Tag("A17")
    void a_failure_in_the_middle_of_the_response_breaks_it_off() {
        rig.serve(AsgiRig.get());
        rig.start(200);
        rig.body("a", true);
        rig.returned.completeExceptionally(new CompletionException(new IllegalStateException("lost")));
        assertThat(rig.outcome().ending()).isEqualTo(Ending.BROKEN);
        assertThat(rig.outcome().problem())
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("lost");
    }

    @Test
    @Tag("A17")
    @SuppressWarnings("NullAway") // as an application may that nobody checks
    void a_call_that_throws_and_one_that_returns_null_are_a_500() {
        rig.serve(AsgiRig.get(), (scope, receive, send) -> {
            throw new IllegalStateException("thrown");
        });
        assertThat(rig.outcome().problem()).hasMessage("thrown");

        AsgiRig other = new AsgiRig();
        other.serve(AsgiRig.get(), (scope, receive, send) -> null);
        assertThat(other.outcome().problem()).hasMessageStartingWith("A17, the application's return: expected a stage");
    }

    @Test
    @Tag("A18")
    void a_stage_that_is_cancelled_is_a_failure() {
        rig.serve(AsgiRig.get());
        rig.returned.cancel(true);
        assertThat(rig.outcome().problem()).isInstanceOf(CancellationException.class);
        assertThat(rig.log.get(0)).startsWith("head 500 ");
    }

    @Test
    void what_was_sent_without_waiting_is_sent_after_the_return() {
        rig.serve(AsgiRig.get());
        rig.isFull = true;
        rig.start(200);
        rig.body("a", true);
        rig.body("b", false);
        rig.returned.complete(null);
        assertThat(rig.ended).isEmpty();
        rig.makeRoom();
        assertThat(rig.log).containsExactly("head 200 OK", "flush a", "write b", "end COMPLETE");
    }

    @Test
    @Tag("A51")
    void a_file_is_the_whole_body(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "content");
        rig.serve(AsgiRig.get());
        assertThat(((HttpScope) rig.scope()).extensions()).containsKey("http.response.pathsend");
        rig.start(200);
        assertThat(rig.send(new HttpEvent.PathSend(file))).isCompleted();
        rig.returned.complete(null);
        assertThat(rig.log).containsExactly("head 200 OK Content-Length=7", "write content", "end COMPLETE");
    }

    @Test
    @Tag("A51")
    void a_file_comes_once_and_not_after_a_part_of_the_body(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "content");
        rig.serve(AsgiRig.get());
        rig.start(200);
        rig.body("a", true);
        assertThatThrownBy(() -> rig.send(new HttpEvent.PathSend(file)).join())
                .hasMessageContaining("found http.response.pathsend");
        assertThatThrownBy(() -> new HttpEvent.PathSend(Path.of("file")))
                .hasMessage("A51, http.response.pathsend: expected an absolute path; found \"file\". Fix: pass"
                        + " path.toAbsolutePath()");
    }

    @Test
    @Tag("A51")
    void a_file_that_is_not_there_fails_the_send_and_can_become_a_500(@TempDir Path directory) {
        rig.serve(AsgiRig.get());
        rig.start(200);
        assertThatThrownBy(() -> rig.send(new HttpEvent.PathSend(directory.resolve("none")))
                        .join())
                .hasCauseInstanceOf(NoSuchFileException.class);
        rig.returned.completeExceptionally(new IOException("no file"));
        assertThat(rig.log.get(0)).startsWith("head 500 ");
    }

    /** A stack that grew with each part would overflow. */
    @Test
    void a_long_response_of_steps_that_complete_at_once_needs_no_stack() throws Exception {
        int parts = 100_000;
        List<Integer> sent = Collections.synchronizedList(new ArrayList<>());
        CompletableFuture<Void> whole = new CompletableFuture<>();
        rig.serve(AsgiRig.get(), (scope, receive, send) -> {
            CompletableFuture<Void> done = new CompletableFuture<>();
            send.send(new HttpEvent.ResponseStart(200, List.of()));
            new Object() {
                void next(int number) {
                    sent.add(number);
                    if (number == parts) {
                        done.complete(null);
                        whole.complete(null);
                        return;
                    }
                    send.send(new HttpEvent.ResponseBody(new byte[0], number < parts - 1))
                            .thenRun(() -> next(number + 1));
                }
            }.next(0);
            return done;
        });
        whole.get(30, TimeUnit.SECONDS);
        assertThat(sent).hasSize(parts + 1);
        assertThat(rig.outcome().ending()).isEqualTo(Ending.COMPLETE);
    }

    @Test
    @Tag("A16")
    void the_log_names_the_event_with_a_header_that_is_dropped() {
        try (CapturedLog log = new CapturedLog("io.gangway.server")) {
            rig.serve(AsgiRig.get());
            rig.start(200, new Header("Trailer", "X"));
            assertThat(log.entries())
                    .singleElement()
                    .asString()
                    .contains("W52, http.response.start: expected no hop-by-hop header; found \"Trailer\".");
        }
    }

    private static String body(CompletableFuture<AsgiEvent.Received> received) {
        HttpEvent.Request request = (HttpEvent.Request) received.getNow(null);
        return new String(request.body(), UTF_8) + (request.moreBody() ? ", more" : ", last");
    }

    private static void assertViolation(ThrowingCallable call, String message) {
        assertThatThrownBy(call)
                .cause()
                .isInstanceOf(ApplicationViolation.class)
                .hasMessage(message);
    }
}

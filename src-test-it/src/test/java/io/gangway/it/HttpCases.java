package io.gangway.it;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gangway.it.client.Answer;
import io.gangway.it.client.AnswerReader;
import io.gangway.it.client.RawConnection;
import io.gangway.it.contract.Trait;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The rules about scopes, HTTP and the lifespan (A01-A18, A40-A42), and the extensions of HTTP. */
abstract class HttpCases extends WebSocketCases {
    private static final int BLOCK = 16 << 10;

    /** Of a client that does not read: 64 MiB. */
    private static final int MAX_BLOCKS = 4096;

    HttpCases(AsgiBackend backend, ProcessBackend serving) {
        super(backend, serving);
    }

    final String request(String method, String path, String... headerLines) {
        StringBuilder request = new StringBuilder(method + " " + backend().base() + path + " HTTP/1.1\r\n");
        request.append("Host: localhost:").append(backend().port()).append("\r\n");
        for (String line : headerLines) {
            request.append(line).append("\r\n");
        }
        return request.append("\r\n").toString();
    }

    private String scope(String request) throws IOException {
        try (RawConnection connection = backend().connect()) {
            connection.send(request);
            return new String(connection.read("GET").status(200).text().getBytes(ISO_8859_1), UTF_8);
        }
    }

    // Scopes.

    @Test
    @Tag("A01")
    void a_scope_has_its_type_and_versions() throws IOException {
        assertThat(scope(request("GET", "/scope"))).contains("type=http\n", "asgi=3.0 2.5\n", "method=GET\n");
        assertThat(scope(request("OPTIONS", "/scope"))).contains("method=OPTIONS\n");
    }

    @Test
    @Tag("A02")
    void the_path_is_decoded_and_has_the_mount_point() throws IOException {
        String base = backend().base();
        assertThat(scope(request("GET", "/scope/caf%C3%A9%20noir?a=%20b&c")))
                .contains(
                        "\npath=" + base + "/scope/caf\u00e9 noir\n",
                        "\nraw_path=" + base + "/scope/caf%C3%A9%20noir\n",
                        "\nquery_string=a=%20b&c\n",
                        "\nroot_path=" + base + "\n");
    }

    @Test
    @Tag("A03")
    void headers_are_in_order_with_repeats_and_in_lower_case() throws IOException {
        assertThat(scope(request("GET", "/scope", "X-B: 1", "X-A: 2", "x-b: 3")))
                .contains("header x-b=1\nheader x-b=3\nheader x-a=2\n")
                .contains("header host=localhost:" + backend().port() + "\n");
    }

    @Test
    @Tag("A04")
    void the_scope_tells_of_the_connection() throws IOException {
        String address = "client=127.0.0.1\nserver=localhost " + backend().port() + "\n";
        assertThat(scope(request("GET", "/scope"))).contains("http_version=1.1\n", "scheme=http\n", address);
        assertThat(scope(request("GET", "/scope").replace("HTTP/1.1", "HTTP/1.0")))
                .contains("http_version=1.0\n", "scheme=http\n", address);
    }

    @Test
    @Tag("A05")
    @Tag("A40")
    void each_connection_has_a_shallow_copy_of_what_the_one_startup_left() throws IOException {
        for (int request = 1; request <= 3; request++) {
            ask("/state").body("startups=1 shared=" + request + " name=of the startup");
        }
    }

    @Test
    @Tag("A06")
    void headers_with_an_underscore_and_proxy_are_dropped() throws IOException {
        assertThat(scope(request("GET", "/scope", "X_User: eve", "X-User: ada", "Proxy: evil")))
                .contains("header x-user=ada\n")
                .doesNotContain("x_user", "eve", "evil");
    }

    // The request.

    @Test
    @Tag("A10")
    void a_body_comes_as_the_client_sends_it() throws IOException {
        for (String framing : new String[] {"Content-Length: 11", "Transfer-Encoding: chunked"}) {
            boolean isChunked = framing.startsWith("T");
            String id = newRun("body" + isChunked);
            try (RawConnection connection = backend().connect()) {
                connection.send(request("POST", "/echo/" + id, framing) + (isChunked ? "6\r\nhello \r\n" : "hello "));
                assertJournal(id, "6");
                connection.send(isChunked ? "5\r\nworld\r\n0\r\n\r\n" : "world");
                connection.read("POST").status(200).body("hello world");
            }
        }
    }

    @Test
    @Tag("A10")
    void a_client_that_waits_for_100_continue_gets_it() throws IOException {
        String id = newRun("continue");
        try (RawConnection connection = backend().connect()) {
            connection.send(request("POST", "/late/" + id, "Content-Length: 5", "Expect: 100-continue"));
            ask("/release/" + id);
            assertThat(connection.readInterim()).startsWith("HTTP/1.1 100");
            connection.send("hello");
            connection.read("POST").status(200).body("hello");
        }
    }

    @Test
    @Tag("A10")
    @Needs(Trait.LATE_CONTINUE)
    void an_answer_without_the_body_asks_for_none() throws IOException {
        try (RawConnection connection = backend().connect()) {
            connection.send(request("POST", "/early-end", "Content-Length: 5", "Expect: 100-continue"));
            connection.read("POST").status(200).interim(0).body("without the body");
        }
    }

    @Test
    @Tag("A11")
    void an_application_that_waits_is_told_that_its_client_left() throws IOException {
        String id = newRun("wait");
        try (RawConnection connection = backend().connect()) {
            connection.send(request("GET", "/wait/" + id));
        }
        assertJournal(id, "http.disconnect");
    }

    /** Before the server has looked at its connection, which is not shown any more then. */
    @Test
    @Tag("A11")
    void an_application_that_waits_is_told_that_its_client_has_reset_the_connection() throws IOException {
        String id = newRun("reset");
        try (RawConnection connection = backend().connect()) {
            connection.send(request("GET", "/wait/" + id));
            assertJournal(id, "waiting");
            connection.reset();
        }
        assertJournal(id, "http.disconnect");
    }

    @Test
    @Tag("A11")
    void after_its_response_an_application_receives_a_disconnect() throws IOException {
        String id = newRun("after");
        ask("/after/" + id).status(200).body("whole").endedCleanly();
        assertJournal(id, "http.disconnect");
    }

    // The response.

    @Test
    @Tag("A12")
    @Tag("A13")
    void a_client_that_does_not_read_holds_the_response_up_and_then_leaves() throws IOException {
        String id = newRun("flood");
        try (RawConnection connection = backend().connect()) {
            connection.send(request("GET", "/flood/" + id));
            AtomicInteger last = new AtomicInteger(-1);
            await().atMost(MAX_WAIT).pollInterval(Duration.ofMillis(500)).until(() -> {
                int now = Integer.parseInt("0" + journal(id));
                return now > 0 && last.getAndSet(now) == now;
            });
            assertThat(last.get()).isLessThan(MAX_BLOCKS);
            connection.begin("GET").readBody((last.get() + 1) * BLOCK);
            await().atMost(MAX_WAIT).until(() -> Integer.parseInt(journal(id)) > last.get());
            connection.reset();
        }
        assertJournal(id, "refused");
    }

    @Test
    @Tag("A14")
    void the_head_is_sent_when_the_application_waits_for_its_client() throws IOException {
        String id = newRun("head");
        try (RawConnection connection = backend().connect()) {
            connection.send(request("GET", "/head/" + id));
            AnswerReader answer = connection.begin("GET");
            ask("/release/" + id);
            answer.finish().status(200).body("released").endedCleanly();
        }
    }

    @Test
    @Tag("A14")
    void the_head_is_sent_when_the_application_waits_for_a_body() throws IOException {
        assertHeadComesBeforeBody("Content-Length: 5", "hello");
    }

    @Test
    @Tag("A14")
    @Needs(Trait.SENDS_WHILE_READING)
    void the_head_is_sent_when_the_application_waits_for_a_body_in_chunks() throws IOException {
        assertHeadComesBeforeBody("Transfer-Encoding: chunked", "5\r\nhello\r\n0\r\n\r\n");
    }

    private void assertHeadComesBeforeBody(String framing, String body) throws IOException {
        try (RawConnection connection = backend().connect()) {
            connection.send(request("POST", "/head-first", framing));
            AnswerReader answer = connection.begin("POST");
            connection.send(body);
            answer.finish().status(200).body("hello").endedCleanly();
        }
    }

    @Test
    @Tag("A10")
    @Tag("A14")
    void a_response_begins_before_the_body_has_come() throws IOException {
        for (String framing : new String[] {"Content-Length: 5", "Transfer-Encoding: chunked"}) {
            boolean isChunked = framing.startsWith("T");
            String id = newRun("early" + isChunked);
            try (RawConnection connection = backend().connect()) {
                connection.send(request("POST", "/early/" + id, framing));
                AnswerReader answer = connection.begin("POST");
                answer.readBody("first ".length());
                connection.send(isChunked ? "5\r\nhello\r\n0\r\n\r\n" : "hello");
                ask("/release/" + id);
                answer.finish().status(200).body("first hello").endedCleanly();
            }
        }
    }

    @Test
    @Tag("A10")
    void an_answer_comes_also_if_the_body_does_not() throws IOException {
        for (String framing : new String[] {"Content-Length: 5", "Transfer-Encoding: chunked"}) {
            try (RawConnection connection = backend().connect()) {
                connection.send(request("POST", "/early-end", framing));
                connection.read("POST").status(200).body("without the body");
            }
        }
    }

    @Test
    @Tag("A16")
    void an_answer_to_a_body_that_was_broken_off_is_the_applications_or_the_containers_but_not_of_both()
            throws IOException {
        String id = newRun("unread");
        try (RawConnection connection = backend().connect()) {
            connection.send(request("POST", "/unread/" + id, "Content-Length: 10") + "abcde");
            connection.finishSending();
            ask("/release/" + id);
            Optional<AnswerReader> begun = connection.beginIfAny("POST");
            if (begun.isPresent()) {
                Answer answer = begun.get().finish();
                if (answer.code() == 200) {
                    answer.body("without the body").endedCleanly();
                } else {
                    answer.status(400).bodyWithout("without the body");
                    assertThat(answer.values("X-Whose")).isEmpty();
                }
            }
        }
    }

    @Test
    @Tag("A14")
    void a_failure_after_the_start_alone_is_a_500() throws IOException {
        ask("/fail-started").status(500);
    }

    @Test
    @Tag("A15")
    void events_out_of_order_are_an_error_that_names_them() throws IOException {
        ask("/twice").status(500);
        assertLogged("A15", "http.response.start");
        ask("/body-first").status(500);
        assertLogged("A15", "http.response.body");
    }

    final void assertLogged(String... texts) {
        assertThat(backend().awaitLogEntry(texts)).as(String.join(", ", texts)).isTrue();
    }

    @Test
    @Tag("A15")
    void events_after_the_end_are_ignored() throws IOException {
        String id = newRun("goes-on");
        ask("/goes-on/" + id).status(200).body("whole").endedCleanly();
        assertJournal(id, "ignored");
    }

    @Test
    @Tag("A16")
    void no_more_bytes_are_sent_than_content_length_says() throws IOException {
        ask("/long").status(200).header("Content-Length", "3").body("abc");
    }

    @Test
    @Tag("A16")
    void fewer_bytes_than_content_length_says_break_the_response_off() throws IOException {
        ask("/short").status(200).truncated();
    }

    @Test
    @Tag("A16")
    void a_status_without_a_body_has_none() throws IOException {
        ask("/bodiless").status(204).body("").endedCleanly();
    }

    @Test
    @Tag("A16")
    void the_transfer_coding_is_the_servers() throws IOException {
        ask("/coding").status(200).body("abc").endedCleanly();
    }

    @Test
    @Tag("A16")
    void a_header_cannot_split_the_response() throws IOException {
        Answer answer = ask("/split").status(500);
        assertThat(answer.values("X-Other")).isEmpty();
    }

    @Test
    @Tag("A17")
    void a_failure_before_the_start_is_a_500() throws IOException {
        ask("/fail").status(500).bodyWithout("on purpose");
    }

    @Test
    @Tag("A17")
    void a_failure_in_the_body_breaks_the_response_off() throws IOException {
        String id = newRun("fail-later");
        try (RawConnection connection = backend().connect()) {
            connection.send(request("GET", "/fail-later/" + id));
            AnswerReader answer = connection.begin("GET");
            answer.readBody("a part".length());
            ask("/release/" + id);
            answer.finish().status(200).truncated();
        }
    }

    @Test
    @Tag("A17")
    void a_return_without_the_end_is_a_failure() throws IOException {
        ask("/nothing").status(500);
        try (RawConnection connection = backend().connect()) {
            connection.send(request("GET", "/half"));
            connection.read("GET").status(200).truncated();
        }
    }

    @Test
    @Tag("A18")
    void a_cancellation_of_the_applications_own_is_a_failure() throws IOException {
        ask("/cancelled").status(500);
    }

    // The lifespan; its end is in stop().

    @Test
    @Tag("A41")
    void a_startup_that_fails_is_logged_and_nothing_is_served() throws Exception {
        ServerProcess process = served().failing().launch();
        try {
            assertThat(process.await(line -> line.contains("no database on purpose")))
                    .as(process.tail())
                    .isTrue();
        } finally {
            process.stop();
        }
        assertThat(process.lines())
                .noneMatch(line -> line.startsWith("READY") || line.contains("called without a startup"));
    }

    // Extensions.

    @Test
    @Tag("A51")
    @Needs(Trait.PATHSEND)
    void a_file_is_the_whole_body() throws IOException {
        ask("/pathsend").status(200).header("Content-Length", "14").body("the whole file");
    }

    @Test
    @Tag("A54")
    @Needs(Trait.TLS)
    void the_scope_tells_of_tls() throws IOException {
        ask("/tls").body("none");
        try (RawConnection connection = backend().connectWithTls()) {
            connection.send(
                    "GET " + backend().tlsBase() + "/tls HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
            connection.read("GET").status(200).body("chain of 0, a cipher suite");
        }
    }
}

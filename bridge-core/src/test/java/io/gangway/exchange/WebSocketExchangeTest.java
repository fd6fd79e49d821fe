package io.gangway.exchange;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gangway.exchange.Outcome.Ending;
import io.gangway.wsgi.ClientException;
import io.gangway.wsgi.Header;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Who answers a handshake, and what the steps are told of it. */
class WebSocketExchangeTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    /** What the wire was asked, and what the application and the steps were told. */
    private final List<String> log = new ArrayList<>();

    private final List<EndedExchange> logged = new ArrayList<>();
    private final TestWire wire = new TestWire();
    private final WebSocketExchange exchange = exchange(RequestFacts.of("r1", "GET"));

    private WebSocketExchange exchange(RequestFacts.Builder facts) {
        WebSocketExchange made = new WebSocketExchange(
                facts.build(),
                wire,
                new ExchangeRules(ErrorPage.PRODUCTION, new Repairs(), List.of(new Told()), logged::add));
        made.listen(new WebSocketListener() {
            @Override
            public void readable() {}

            @Override
            public void writable() {}

            @Override
            public void closed(int code, String reason) {
                log.add("closed " + code);
            }
        });
        return made;
    }

    private final class Told implements Step {
        @Override
        public void after(EndedExchange ended) {
            log.add("after " + ended.status() + " " + ended.outcome().ending());
        }
    }

    private static final class Answer implements ResponseSink {
        private final StringBuilder text = new StringBuilder();

        @Override
        public void commit(ResponseHead head) {
            text.append(head.code() + " " + head.reason()).append('\n');
            head.headers().forEach(header -> text.append(header.name() + ": " + header.value() + "\n"));
        }

        @Override
        public void write(byte[] data, int offset, int length, boolean flush) {
            text.append('\n').append(new String(data, offset, length, UTF_8));
        }
    }

    private final class TestWire implements WebSocketWire {
        private @Nullable Events events;
        private @Nullable Consumer<? super Wire> denial;

        Events events() {
            return requireNonNull(events);
        }

        String response() {
            Answer answer = new Answer();
            BlockingWire http = new BlockingWire(InputStream.nullInputStream(), answer);
            requireNonNull(denial).accept(http);
            http.run();
            return answer.text.toString();
        }

        @Override
        public void attach(Events wanting) {
            events = wanting;
        }

        @Override
        public void accept(@Nullable String subprotocol, List<Header> headers) {
            log.add("accept");
        }

        @Override
        public void deny(Consumer<? super Wire> response) {
            log.add("deny");
            denial = response;
        }

        @Override
        public @Nullable WebSocketMessage receive() {
            return null;
        }

        @Override
        public boolean send(WebSocketMessage message) {
            log.add("send");
            return true;
        }

        @Override
        public void close(int code, String reason) {
            log.add("close " + code);
        }
    }

    private void expire() {
        assertThat(wire.events().unanswered(LIMIT)).isTrue();
        wire.events().closed(1006, "");
    }

    @Test
    void a_handshake_that_is_not_answered_in_time_is_answered_with_504_as_the_steps_see() {
        expire();
        assertThat(wire.response()).isEqualTo("""
                        504 Gateway Timeout
                        Content-Type: text/plain; charset=utf-8
                        Content-Length: 35
                        Cache-Control: no-store
                        X-Content-Type-Options: nosniff

                        504 Gateway Timeout
                        Request id: r1
                        """);
        assertThat(log).containsExactly("deny", "closed 1006", "after 504 REPLACED");
        assertThat(logged)
                .singleElement()
                .satisfies(
                        ended -> assertThat(ended.outcome().problem())
                                .isInstanceOf(UnansweredException.class)
                                .hasMessage(
                                        "the application neither accepted nor closed the WebSocket within 60.0 s."
                                                + " Fix: send websocket.accept or websocket.close sooner, or raise gangway.ws-handshake-timeout"));
    }

    @Test
    void a_handshake_that_the_stop_finds_unanswered_is_answered_with_503() {
        assertThat(wire.events().stopped()).isTrue();
        wire.events().closed(1006, "");
        assertThat(wire.response()).startsWith("503 Service Unavailable\n");
        assertThat(log).containsExactly("deny", "closed 1006", "after 503 COMPLETE");
    }

    @Test
    void an_answer_that_comes_too_late_is_dropped() {
        expire();
        wire.response();
        exchange.accept(null, List.of());
        assertThatThrownBy(() -> exchange.send(new WebSocketMessage.Text("late")))
                .isInstanceOf(ClientException.class);
        exchange.end();
        assertThat(log).containsExactly("deny", "closed 1006", "after 504 REPLACED");
    }

    @Test
    void a_failure_that_comes_too_late_is_logged_but_is_no_second_answer() {
        expire();
        wire.response();
        exchange.fail(new IllegalStateException("too late"));
        assertThat(log).containsExactly("deny", "closed 1006", "after 504 REPLACED");
        assertThat(logged).hasSize(2);
        assertThat(logged.get(1).outcome().problem()).hasMessage("too late");
    }

    @Test
    void an_application_that_has_answered_in_time_is_left_alone() {
        exchange.accept(null, List.of());
        assertThat(wire.events().unanswered(LIMIT)).isFalse();
        exchange.end();
        wire.events().closed(1000, "");
        assertThat(log).containsExactly("accept", "close 1000", "closed 1000", "after 101 COMPLETE");
    }

    @Test
    void the_steps_are_told_of_a_client_that_left_before_it_was_denied() {
        wire.events().closed(1006, "");
        exchange.deny();
        exchange.end();
        assertThat(wire.events().unanswered(LIMIT)).isFalse();
        assertThat(log).containsExactly("closed 1006", "after 0 CLIENT_LEFT");
        assertThat(logged).extracting(ended -> ended.outcome().ending()).containsExactly(Ending.CLIENT_LEFT);
    }

    @Test
    void a_client_that_left_before_it_was_accepted_has_no_status() {
        wire.events().closed(1006, "");
        exchange.accept(null, List.of());
        exchange.end();
        assertThat(log).containsExactly("closed 1006", "after 0 CLIENT_LEFT");
    }

    private WebSocketExchange overHttp2() {
        return exchange(RequestFacts.of("r1", "CONNECT").protocol("HTTP/2"));
    }

    @Test
    void the_status_of_an_open_websocket_is_200_over_http_2() {
        WebSocketExchange opened = overHttp2();
        opened.accept(null, List.of());
        opened.end();
        wire.events().closed(1000, "");
        assertThat(log).containsExactly("accept", "close 1000", "closed 1000", "after 200 COMPLETE");
    }

    /** RFC 8441, section 5: any 2xx would open the WebSocket. */
    @Test
    void a_denial_with_a_2xx_is_a_403_over_http_2_also_for_the_steps() {
        WebSocketExchange denied = overHttp2();
        denied.deny(response -> answer(response, "200 OK"));
        denied.end();
        assertThat(wire.response()).startsWith("403 Forbidden\nX-Why: full\n");
        assertThat(log).containsExactly("deny", "after 403 COMPLETE");
    }

    @Test
    void a_denial_has_the_applications_status_otherwise() {
        WebSocketExchange denied = overHttp2();
        denied.deny(response -> answer(response, "404 Not Found"));
        denied.end();
        assertThat(wire.response()).startsWith("404 Not Found\n");
    }

    @Test
    void a_denial_has_the_applications_status_over_http_1() {
        exchange.deny(response -> answer(response, "200 OK"));
        exchange.end();
        assertThat(wire.response()).startsWith("200 OK\n");
    }

    private static void answer(Exchange response, String status) {
        response.head(status, List.of(new Header("X-Why", "full")));
        response.end();
    }
}

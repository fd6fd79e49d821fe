package io.gangway.server;

import static io.gangway.server.RecordingSink.bytes;
import static io.gangway.server.RecordingSink.length;
import static io.gangway.server.RecordingSink.yielding;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gangway.exchange.ErrorPage;
import io.gangway.exchange.Outcome;
import io.gangway.exchange.Outcome.Ending;
import io.gangway.exchange.Repairs;
import io.gangway.server.RecordingSink.Boom;
import io.gangway.testlog.CapturedLog;
import io.gangway.wsgi.ApplicationViolation;
import io.gangway.wsgi.Header;
import io.gangway.wsgi.StartResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.Test;

/** start_response, and when the head leaves (W02, W50-W57). */
class ExchangeHeadTest {
    private static final String PAGE_500 = "commit 500 Internal Server Error Content-Type=text/plain; charset=utf-8"
            + " Content-Length=41 Cache-Control=no-store X-Content-Type-Options=nosniff";

    private final RecordingSink sink = new RecordingSink();

    private void assertReplaced(Outcome outcome, String problem) {
        assertThat(outcome.ending()).isEqualTo(Ending.REPLACED);
        assertThat(outcome.problem()).hasMessage(problem);
        assertThat(sink.log).containsExactly(PAGE_500, "write 500 Internal Server Error\nRequest id: r1\n");
    }

    @Test
    void holds_the_head_until_the_first_block_that_is_not_empty() {
        Outcome outcome = sink.run((environ, startResponse) -> {
            startResponse.start("200 OK", List.of(new Header("X-A", "1")));
            return () -> List.of("", "", "a", "", "b").stream()
                    .peek(block -> sink.log.add("asked"))
                    .map(RecordingSink::bytes)
                    .iterator();
        });
        assertThat(outcome).isEqualTo(new Outcome(Ending.COMPLETE, null));
        assertThat(sink.log)
                .containsExactly(
                        "asked", "asked", "asked", "commit 200 OK X-A=1", "flush a", "asked", "asked", "flush b");
    }

    @Test
    void can_be_called_as_late_as_in_the_first_step_of_the_iteration() {
        Outcome outcome = sink.run((environ, startResponse) -> () -> new Iterator<>() {
            private int step;

            @Override
            public boolean hasNext() {
                return step < 2;
            }

            @Override
            public byte[] next() {
                if (step++ == 0) {
                    startResponse.start("200 OK", List.of());
                }
                return bytes("x");
            }
        });
        assertThat(outcome.ending()).isEqualTo(Ending.COMPLETE);
        assertThat(sink.log).containsExactly("commit 200 OK", "flush x", "flush x");
    }

    @Test
    void a_response_without_start_response_is_a_500() {
        String message =
                "W02, the body: expected start_response to be called before the first non-empty block, or the end;"
                        + " found no call. Fix: call start_response with status and headers";
        assertReplaced(sink.run((environ, startResponse) -> List.of(bytes("x"))), message);
        sink.log.clear();
        assertReplaced(sink.run((environ, startResponse) -> List.of()), message);
    }

    @Test
    @SuppressWarnings("NullAway") // the mistake under test
    void a_null_in_place_of_the_body_is_a_500() {
        assertReplaced(
                sink.run((environ, startResponse) -> {
                    startResponse.start("200 OK", List.of());
                    return null;
                }),
                "W02, the application's return: expected an iterable of blocks; found null."
                        + " Fix: return List.of() where there is no body");
    }

    @Test
    void a_refused_head_that_the_application_swallows_is_still_a_500() {
        assertReplaced(
                sink.run((environ, startResponse) -> {
                    assertThatThrownBy(() -> startResponse.start("200 OK", List.of(new Header("X", "a\nb"))))
                            .isInstanceOf(ApplicationViolation.class);
                    return List.of(bytes("x"));
                }),
                "W51, start_response: expected a value of ISO-8859-1 characters without controls for header \"X\"; found"
                        + " \"a\\nb\". Fix: encode what is not plain text, and never pass on line breaks from a request");
    }

    @Test
    void a_second_call_is_an_error_even_if_the_first_was_refused() {
        Outcome outcome = sink.run((environ, startResponse) -> {
            assertThatThrownBy(() -> startResponse.start("bad", List.of())).isInstanceOf(ApplicationViolation.class);
            startResponse.start("200 OK", List.of());
            return List.of();
        });
        assertReplaced(
                outcome,
                "W54, start_response: expected one call, or a later one with exc_info; found a second call without."
                        + " Fix: pass the error that made you change the response as third argument");
    }

    @Test
    void a_second_call_that_is_swallowed_leaves_the_first_response() {
        Outcome outcome = sink.run((environ, startResponse) -> {
            startResponse.start("200 OK", List.of());
            assertThatThrownBy(() -> startResponse.start("201 Created", List.of()))
                    .isInstanceOf(ApplicationViolation.class);
            return List.of();
        });
        assertThat(outcome.ending()).isEqualTo(Ending.COMPLETE);
        assertThat(sink.log).containsExactly("commit 200 OK Content-Length=0");
    }

    @Test
    void exc_info_replaces_the_head_before_it_has_left() {
        Outcome outcome = sink.run((environ, startResponse) -> {
            startResponse.start("200 OK", List.of(new Header("X-Old", "1"))).write(new byte[0]);
            startResponse.start("503 Busy", List.of(new Header("X-New", "2")), new Boom());
            return List.of(bytes("later"));
        });
        assertThat(outcome).isEqualTo(new Outcome(Ending.COMPLETE, null));
        assertThat(sink.log).containsExactly("commit 503 Busy X-New=2 Content-Length=5", "write later");
    }

    @Test
    void exc_info_replaces_a_refused_head_and_may_come_first() {
        sink.run((environ, startResponse) -> {
            assertThatThrownBy(() -> startResponse.start("bad", List.of())).isInstanceOf(ApplicationViolation.class);
            startResponse.start("500 Sorry", List.of(), new Boom());
            return List.of();
        });
        assertThat(sink.log).containsExactly("commit 500 Sorry Content-Length=0");
    }

    @Test
    void headers_of_the_connection_are_dropped_and_logged_once_for_an_application() {
        Repairs repairs = new Repairs();
        try (CapturedLog log = new CapturedLog("io.gangway.server")) {
            for (String name : List.of("Connection", "connection", "Upgrade", "Connection")) {
                RecordingSink each = new RecordingSink();
                each.run(repairs, (environ, startResponse) -> {
                    startResponse.start("200 OK", List.of(new Header(name, "x"), new Header("X", "y")));
                    return List.of();
                });
                assertThat(each.log).containsExactly("commit 200 OK X=y Content-Length=0");
            }
            assertThat(log.entries())
                    .containsExactly(
                            "WARNING a header is dropped, from the response to \"GET /shop/events\" and from later ones: W52,"
                                    + " start_response: expected no hop-by-hop header; found \"Connection\". Fix: leave it out:"
                                    + " the connection is the server's",
                            "WARNING a header is dropped, from the response to \"GET /shop/events\" and from later ones: W52,"
                                    + " start_response: expected no hop-by-hop header; found \"Upgrade\". Fix: leave it out:"
                                    + " the connection is the server's");
        }
    }

    @Test
    void a_status_without_a_reason_is_taken() {
        sink.run((environ, startResponse) -> {
            startResponse.start("204", List.of());
            return List.of();
        });
        assertThat(sink.log).containsExactly("commit 204 ");
    }

    @Test
    void a_replacement_that_is_refused_does_not_leave_the_old_head() {
        Outcome outcome = sink.run((environ, startResponse) -> {
            startResponse.start("200 OK", List.of());
            assertThatThrownBy(() -> startResponse.start("bad", List.of(), new Boom()))
                    .isInstanceOf(ApplicationViolation.class);
            return List.of();
        });
        assertThat(outcome.ending()).isEqualTo(Ending.REPLACED);
        assertThat(outcome.problem()).hasMessageStartingWith("W50, start_response: ");
    }

    @Test
    void exc_info_is_thrown_as_it_is_once_the_head_has_left() {
        IOException checked = new IOException("the application's own");
        Outcome outcome = sink.run((environ, startResponse) -> {
            startResponse.start("200 OK", List.of()).write(bytes("x"));
            startResponse.start("500 Sorry", List.of(), checked);
            return List.of();
        });
        assertThat(outcome).isEqualTo(new Outcome(Ending.BROKEN, checked));
        assertThat(sink.log).containsExactly("commit 200 OK", "flush x");
    }

    @Test
    void start_response_and_write_are_dead_after_the_end() {
        List<StartResponse> kept = new ArrayList<>();
        List<StartResponse.Write> writes = new ArrayList<>();
        sink.run((environ, startResponse) -> {
            kept.add(startResponse);
            writes.add(startResponse.start("200 OK", List.of()));
            return List.of();
        });
        assertThatThrownBy(() -> kept.get(0).start("200 OK", List.of(), new Boom()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("start_response was called after its request had ended");
        assertThatThrownBy(() -> writes.get(0).write(bytes("late")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("write was called after its request had ended");
        assertThat(sink.log).hasSize(1);
    }

    @Test
    void an_empty_response_gets_a_length_of_zero() {
        sink.run(yielding("200 OK", List.of()));
        assertThat(sink.log).containsExactly("commit 200 OK Content-Length=0");
    }

    @Test
    void the_environ_may_be_emptied_by_the_application() {
        Outcome outcome = sink.run("HEAD", ErrorPage.PRODUCTION, (environ, startResponse) -> {
            environ.clear();
            startResponse.start("200 OK", length(1));
            return List.of(bytes("x"));
        });
        assertThat(outcome.ending()).isEqualTo(Ending.COMPLETE);
        assertThat(sink.log).containsExactly("commit 200 OK Content-Length=1");
    }
}

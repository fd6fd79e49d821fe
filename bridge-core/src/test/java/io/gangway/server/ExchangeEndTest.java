package io.gangway.server;

import static io.gangway.server.RecordingSink.bytes;
import static io.gangway.server.RecordingSink.length;
import static io.gangway.server.RecordingSink.returning;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gangway.exchange.ErrorPage;
import io.gangway.exchange.Outcome;
import io.gangway.exchange.Outcome.Ending;
import io.gangway.server.RecordingSink.Boom;
import io.gangway.server.RecordingSink.Closing;
import io.gangway.wsgi.ClientException;
import io.gangway.wsgi.GatewayApplication;
import io.gangway.wsgi.StartResponse;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How an exchange ends, and the closing (W65, W68). */
class ExchangeEndTest {
    private final RecordingSink sink = new RecordingSink();

    /** Yields the given number of blocks and then throws. */
    private static Closing throwingAfter(int blocks, Throwable problem) {
        return new Closing(() -> new Iterator<>() {
            private int left = blocks;

            @Override
            public boolean hasNext() {
                return true;
            }

            @Override
            public byte[] next() {
                if (left-- > 0) {
                    return bytes("x");
                }
                throw Rethrown.unchecked(problem);
            }
        });
    }

    private static void assertClosedOnceHere(Closing body) {
        assertThat(body.closedBy).containsExactly(Thread.currentThread());
    }

    @Test
    void an_error_in_the_call_is_a_500_without_details() {
        Boom boom = new Boom();
        Outcome outcome = sink.run((environ, startResponse) -> {
            startResponse.start("200 OK", List.of());
            throw boom;
        });
        assertThat(outcome).isEqualTo(new Outcome(Ending.REPLACED, boom));
        assertThat(outcome.isClientsFault()).isFalse();
        assertThat(sink.log).hasSize(2);
        assertThat(sink.log.get(1)).isEqualTo("write 500 Internal Server Error\nRequest id: r1\n");
    }

    @Test
    void the_page_for_developers_has_the_traceback() {
        sink.run("GET", ErrorPage.DEVELOPMENT, (environ, startResponse) -> {
            throw new Boom();
        });
        assertThat(sink.log.get(1))
                .startsWith("write 500 Internal Server Error\nRequest id: r1\n\n" + Boom.class.getName() + ": boom")
                .contains("at io.gangway.server.ExchangeEndTest");
    }

    @Test
    void a_500_to_head_has_no_body() {
        sink.run("HEAD", ErrorPage.PRODUCTION, (environ, startResponse) -> {
            throw new Boom();
        });
        assertThat(sink.log).singleElement().asString().startsWith("commit 500 Internal Server Error ");
    }

    @Test
    void an_error_before_the_first_block_is_a_500_and_closes_the_body_after_it() {
        Boom boom = new Boom();
        Closing body = throwingAfter(0, boom);
        assertThat(sink.run(returning(body))).isEqualTo(new Outcome(Ending.REPLACED, boom));
        assertClosedOnceHere(body);
    }

    @Test
    void an_error_after_a_block_breaks_the_connection() {
        Boom boom = new Boom();
        Closing body = throwingAfter(2, boom);
        assertThat(sink.run(returning(body))).isEqualTo(new Outcome(Ending.BROKEN, boom));
        assertThat(sink.log).containsExactly("commit 200 OK", "flush x", "flush x");
        assertClosedOnceHere(body);
    }

    @Test
    void an_error_after_the_last_promised_byte_takes_nothing_from_the_client() {
        Boom boom = new Boom();
        Closing body = throwingAfter(2, boom);
        Outcome outcome = sink.run((environ, startResponse) -> {
            startResponse.start("200 OK", length(2));
            return body;
        });
        assertThat(outcome).isEqualTo(new Outcome(Ending.COMPLETE, boom));
        assertClosedOnceHere(body);
    }

    @Test
    void errors_of_the_machine_are_survived_too() {
        StackOverflowError error = new StackOverflowError();
        assertThat(sink.run((environ, startResponse) -> {
                    throw error;
                }))
                .isEqualTo(new Outcome(Ending.REPLACED, error));
        Closing body = throwingAfter(1, error);
        assertThat(sink.run(returning(body))).isEqualTo(new Outcome(Ending.BROKEN, error));
        assertClosedOnceHere(body);
    }

    @Test
    void a_body_is_closed_once_after_success() {
        Closing body = new Closing(List.of(bytes("a")));
        assertThat(sink.run(returning(body)).ending()).isEqualTo(Ending.COMPLETE);
        assertClosedOnceHere(body);
    }

    @Test
    void what_close_throws_is_the_problem_of_a_whole_response() {
        IllegalStateException problem = new IllegalStateException("cannot close");
        Closing body = new Closing(List.of(bytes("a"))).failingWith(problem);
        assertThat(sink.run(returning(body))).isEqualTo(new Outcome(Ending.COMPLETE, problem));
        assertClosedOnceHere(body);
    }

    @Test
    void what_close_throws_is_suppressed_by_an_earlier_problem() {
        Boom boom = new Boom();
        StackOverflowError error = new StackOverflowError();
        Closing body = throwingAfter(1, boom).failingWith(error);
        assertThat(sink.run(returning(body))).isEqualTo(new Outcome(Ending.BROKEN, boom));
        assertThat(boom).hasSuppressedException(error);
    }

    @Test
    void the_same_problem_from_close_is_reported_once() {
        Boom boom = new Boom();
        assertThat(sink.run(returning(throwingAfter(1, boom).failingWith(boom))).problem())
                .isSameAs(boom);
        assertThat(boom.getSuppressed()).isEmpty();
    }

    @Test
    void an_iterable_without_close_is_not_closed() {
        assertThat(sink.run(returning(List.of(bytes("a")))).problem()).isNull();
    }

    @Test
    void a_client_that_leaves_at_the_head_ends_the_iteration() {
        Closing body = throwingAfter(9, new Boom());
        Outcome outcome = sink.failingAt(1, sink.gone).run(returning(body));
        assertThat(outcome).isEqualTo(new Outcome(Ending.CLIENT_LEFT, sink.gone));
        assertThat(outcome.isClientsFault()).isTrue();
        assertThat(sink.log).containsExactly("commit 200 OK");
        assertClosedOnceHere(body);
    }

    @Test
    void a_client_that_leaves_at_a_block_ends_the_iteration() {
        Closing body = throwingAfter(9, new Boom());
        assertThat(sink.failingAt(3, sink.gone).run(returning(body)))
                .isEqualTo(new Outcome(Ending.CLIENT_LEFT, sink.gone));
        assertThat(sink.log).containsExactly("commit 200 OK", "flush x", "flush x");
        assertClosedOnceHere(body);
    }

    @Test
    void a_client_that_leaves_at_the_error_page_is_reported_beside_the_problem() {
        Boom boom = new Boom();
        Outcome outcome = sink.failingAt(2, sink.gone).run((environ, startResponse) -> {
            throw boom;
        });
        assertThat(outcome).isEqualTo(new Outcome(Ending.CLIENT_LEFT, boom));
        assertThat(boom).hasSuppressedException(sink.gone);
    }

    @Test
    void nothing_is_sent_to_a_client_whose_leaving_the_application_has_swallowed() {
        Closing body = new Closing(List.of(bytes("c"), bytes("d")));
        Outcome outcome = sink.failingAt(1, sink.gone).run((environ, startResponse) -> {
            StartResponse.Write write = startResponse.start("200 OK", List.of());
            assertThatThrownBy(() -> write.write(bytes("a"))).isSameAs(sink.gone);
            assertThatThrownBy(() -> write.write(bytes("b"))).isSameAs(sink.gone);
            return body;
        });
        assertThat(outcome).isEqualTo(new Outcome(Ending.CLIENT_LEFT, sink.gone));
        assertThat(sink.log).containsExactly("commit 200 OK");
        assertClosedOnceHere(body);
    }

    @Test
    void a_client_that_breaks_its_own_body_is_answered_400() {
        ClientException cut = new ClientException("the body ended early", new EOFException());
        GatewayApplication app = (environ, startResponse) -> {
            startResponse.start("200 OK", List.of());
            throw new UncheckedIOException(cut);
        };
        Outcome outcome = sink.run(app);
        assertThat(outcome.ending()).isEqualTo(Ending.REPLACED);
        assertThat(outcome.isClientsFault()).isTrue();
        assertThat(sink.log.get(0)).startsWith("commit 400 Bad Request ");
    }

    @Test
    void a_client_that_breaks_its_own_body_after_the_head_gets_a_broken_connection() {
        ClientException cut = new ClientException("the body ended early", new EOFException());
        Outcome outcome = sink.run(returning(throwingAfter(1, cut)));
        assertThat(outcome).isEqualTo(new Outcome(Ending.BROKEN, cut));
        assertThat(outcome.isClientsFault()).isTrue();
    }

    @Test
    void a_failure_of_the_sink_itself_breaks_the_connection() {
        Boom boom = new Boom();
        Closing body = throwingAfter(9, new IOException());
        assertThat(sink.failingAt(2, boom).run(returning(body))).isEqualTo(new Outcome(Ending.BROKEN, boom));
        assertClosedOnceHere(body);
    }

    @Test
    void a_body_is_closed_even_if_the_error_page_cannot_be_sent() {
        Boom boom = new Boom();
        IllegalStateException container = new IllegalStateException("committed by a filter");
        Closing body = throwingAfter(0, boom);
        assertThat(sink.failingAt(1, container).run(returning(body))).isEqualTo(new Outcome(Ending.BROKEN, boom));
        assertThat(boom).hasSuppressedException(container);
        assertClosedOnceHere(body);
    }
}

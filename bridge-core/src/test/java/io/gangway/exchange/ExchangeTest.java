package io.gangway.exchange;

import static io.gangway.exchange.ExchangeRig.length;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gangway.exchange.Outcome.Ending;
import io.gangway.wsgi.ApplicationViolation;
import io.gangway.wsgi.ClientException;
import io.gangway.wsgi.Header;
import java.io.EOFException;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** An exchange whose wire never waits: the rules of the response (W50-W68), and the client's leaving. */
class ExchangeTest {
    private static final String PAGE_500 =
            "head 500 Internal Server Error Content-Type=text/plain; charset=utf-8 Content-Length=41"
                    + " Cache-Control=no-store X-Content-Type-Options=nosniff";

    private final ExchangeRig rig = new ExchangeRig();
    private final ManualWire wire = rig.wire;
    private final Exchange exchange = rig.exchange;

    @Test
    void holds_the_head_until_the_first_byte() throws IOException {
        rig.ok(new Header("X", "1"));
        exchange.head("201 Created", List.of());
        assertThat(rig.write("")).isTrue();
        assertThat(wire.log).isEmpty();
        assertThat(exchange.isCommitted()).isFalse();

        rig.write("a");
        assertThat(wire.log).containsExactly("head 201 Created", "flush a");
        assertThat(exchange.isCommitted()).isTrue();
        assertThatThrownBy(rig::ok)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("HEAD is out of place: the response is COMMITTED");
    }

    @Test
    void a_write_without_room_ends_when_there_is_room() throws IOException {
        rig.ok();
        wire.isFull = true;
        assertThat(rig.write("a")).isFalse();
        assertThat(rig.told).isEmpty();
        wire.makeRoom();
        assertThat(rig.told).containsExactly("writable");
        assertThat(rig.write("b")).isFalse();
        wire.makeRoom();
        exchange.end();
        assertThat(wire.log).containsExactly("head 200 OK", "flush a", "flush b", "end COMPLETE");
        assertThat(rig.ended.get(0).bytes()).isEqualTo(2);
        assertThat(rig.ended.get(0).status()).isEqualTo(200);
        assertThat(rig.outcome()).isEqualTo(new Outcome(Ending.COMPLETE, null));
    }

    @Test
    void bytes_are_counted_before_there_can_be_room_for_more() throws IOException {
        ExchangeRig eager = new ExchangeRig();
        eager.exchange.listen(new ExchangeListener() {
            @Override
            public void readable() {}

            @Override
            public void writable() { // as on another thread, before the first write has returned
                eager.wire.onWrite = () -> {};
                try {
                    eager.write("cd");
                } catch (ClientException e) {
                    throw new AssertionError(e);
                }
            }

            @Override
            public void left(ClientException how) {}
        });
        eager.wire.onWrite = () -> eager.wire.events().writable();
        eager.ok(length(3));
        eager.write("ab");
        eager.exchange.end();
        assertThat(eager.wire.log)
                .containsExactly("head 200 OK Content-Length=3", "flush ab", "flush c", "end COMPLETE");
        assertThat(eager.outcome().problem()).isInstanceOf(ApplicationViolation.class);
    }

    @Test
    void an_end_without_bytes_sends_the_head_with_a_length() {
        rig.ok();
        exchange.end();
        assertThat(wire.log).containsExactly("head 200 OK Content-Length=0", "end COMPLETE");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void an_end_or_bytes_without_a_head_are_a_500(boolean hasBytes) throws IOException {
        if (hasBytes) {
            assertThatThrownBy(() -> rig.write("a"))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageStartingWith("COMMIT is out of place: the response is NEW");
        }
        exchange.end();
        assertThat(wire.log).containsExactly(PAGE_500, "write 41 bytes", "end REPLACED");
        assertThat(rig.outcome().problem()).hasMessage("bytes or an end without a head. Fix: give a head first");
        assertThat(rig.ended.get(0).status()).isEqualTo(500);
        assertThat(rig.ended.get(0).bytes()).isEqualTo(41);
    }

    @Test
    void a_refused_head_leaves_none_and_can_still_become_a_500() {
        rig.ok();
        assertThatThrownBy(() -> exchange.head("bad", List.of())).isInstanceOf(ApplicationViolation.class);
        ApplicationViolation problem = new ApplicationViolation("W50", "a", "b", "c", "d");
        assertThatThrownBy(() -> rig.write("a")).hasMessageStartingWith("COMMIT is out of place: the response is NEW");
        exchange.fail(problem);
        assertThat(wire.log.get(0)).isEqualTo(PAGE_500);
        assertThat(rig.outcome()).isEqualTo(new Outcome(Ending.REPLACED, problem));
    }

    @Test
    void a_failure_replaces_a_head_that_is_held_and_breaks_one_that_was_sent() throws IOException {
        IllegalStateException boom = new IllegalStateException("boom");
        rig.ok();
        exchange.fail(boom);
        assertThat(wire.log).containsExactly(PAGE_500, "write 41 bytes", "end REPLACED");
        assertThat(rig.outcome()).isEqualTo(new Outcome(Ending.REPLACED, boom));

        ExchangeRig later = new ExchangeRig();
        later.ok();
        later.write("a");
        later.exchange.fail(boom);
        assertThat(later.wire.log).containsExactly("head 200 OK", "flush a", "end BROKEN");
        assertThat(later.outcome()).isEqualTo(new Outcome(Ending.BROKEN, boom));
    }

    @Test
    void without_an_error_page_a_failure_sends_nothing() {
        ExchangeRig bare = new ExchangeRig("GET", ErrorPage.NONE);
        bare.ok();
        bare.exchange.fail(new IllegalStateException("boom"));
        assertThat(bare.wire.log).containsExactly("end BROKEN");
        assertThat(bare.ended.get(0).status()).isZero();
    }

    @Test
    void a_head_that_is_too_large_is_a_500() {
        wire.headLimit = 4;
        rig.ok(new Header("A", "1"), new Header("B", "2"), new Header("C", "3"), new Header("D", "4"), length(1));
        assertThatThrownBy(() -> rig.write("a"))
                .isInstanceOf(HeadTooLargeException.class)
                .hasMessage("the head is too large");
        assertThat(exchange.isCommitted()).isFalse();
        exchange.fail(new IllegalStateException("boom"));
        assertThat(wire.log).containsExactly(PAGE_500, "write 41 bytes", "end REPLACED");
    }

    @Test
    void an_error_page_that_is_too_large_breaks_the_connection() {
        wire.headLimit = 0;
        IllegalStateException boom = new IllegalStateException("boom");
        exchange.fail(boom);
        assertThat(wire.log).containsExactly("end BROKEN");
        assertThat(boom).hasSuppressedException(new HeadTooLargeException("the head is too large"));
        assertThat(rig.ended.get(0).status()).isZero();
    }

    @Test
    void an_exchange_ends_once() {
        rig.ok();
        exchange.end();
        assertThatThrownBy(exchange::end)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("an exchange was ended twice. Fix: end it in one place");
        assertThatThrownBy(() -> exchange.fail(new IOException())).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> exchange.conclude(null))
                .hasMessage("an exchange was concluded twice, or before it was settled. Fix: do both once");
        assertThatThrownBy(() -> rig.write("late"))
                .hasMessageStartingWith("COMMIT is out of place: the response is ENDED");
        assertThat(wire.log).containsExactly("head 200 OK Content-Length=0", "end COMPLETE");
        assertThat(rig.ended).hasSize(1);
    }

    @Test
    void nothing_is_told_to_an_application_that_has_ended_its_exchange() throws IOException {
        wire.endsAtOnce = false;
        wire.isFull = true;
        rig.ok();
        rig.write("a");
        exchange.end();
        wire.makeRoom();
        wire.events().readable();
        wire.leave();
        assertThat(rig.told).isEmpty();
        assertThat(rig.ended).isEmpty();

        wire.events().ended();
        assertThat(rig.outcome()).isEqualTo(new Outcome(Ending.CLIENT_LEFT, wire.gone));
    }

    @Test
    void a_body_is_not_read_once_the_client_has_left_or_the_exchange_has_ended() throws IOException {
        assertThat(exchange.read(new byte[1], 0, 1)).isZero();
        wire.events().readable();
        assertThat(rig.told).containsExactly("readable");
        wire.leave();
        assertThatThrownBy(() -> exchange.read(new byte[1], 0, 1)).isSameAs(wire.gone);

        ExchangeRig over = new ExchangeRig();
        over.ok();
        over.exchange.end();
        assertThatThrownBy(() -> over.exchange.read(new byte[1], 0, 1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the request's body was read after its exchange had ended");
        assertThat(wire.log).containsExactly("read");
    }

    /** Where an exchange is when its client leaves. */
    enum Moment {
        NEW {
            @Override
            void reach(ExchangeRig rig) {}
        },
        READING {
            @Override
            void reach(ExchangeRig rig) throws IOException {
                rig.exchange.read(new byte[1], 0, 1);
            }
        },
        HELD {
            @Override
            void reach(ExchangeRig rig) {
                rig.ok();
            }
        },
        COMMITTED {
            @Override
            void reach(ExchangeRig rig) throws IOException {
                rig.ok();
                rig.write("a");
            }
        },
        WITHOUT_ROOM {
            @Override
            void reach(ExchangeRig rig) throws IOException {
                rig.wire.isFull = true;
                rig.ok();
                rig.write("a");
            }
        },
        FILE {
            @Override
            void reach(ExchangeRig rig) throws IOException {
                rig.wire.isFull = true;
                rig.ok();
                rig.send("a");
            }
        },
        FILE_SENT {
            @Override
            void reach(ExchangeRig rig) throws IOException {
                rig.ok();
                rig.send("a");
                rig.told.clear();
            }
        };

        abstract void reach(ExchangeRig rig) throws IOException;
    }

    @ParameterizedTest
    @EnumSource
    void a_client_may_leave_at_any_moment(Moment moment) throws IOException {
        moment.reach(rig);
        int before = wire.log.size();
        wire.leave();
        assertThat(rig.told).containsExactly(moment == Moment.FILE ? "sent " + wire.gone : "left: the client left");

        exchange.fail(wire.gone);
        assertThat(wire.log.subList(before, wire.log.size())).containsExactly("end CLIENT_LEFT");
        assertThat(rig.told).hasSize(1);
        assertThat(rig.outcome()).isEqualTo(new Outcome(Ending.CLIENT_LEFT, wire.gone));
        assertThat(rig.ended.get(0).status()).isEqualTo(moment.compareTo(Moment.COMMITTED) < 0 ? 0 : 200);
    }

    @ParameterizedTest
    @EnumSource
    void an_application_that_does_not_notice_ends_all_the_same(Moment moment) throws IOException {
        moment.reach(rig);
        wire.leave();
        exchange.end();
        assertThat(rig.outcome().ending()).isEqualTo(Ending.CLIENT_LEFT);
        assertThat(rig.outcome().isClientsFault()).isTrue();
        assertThat(rig.outcome().problem()).isNotNull();
    }

    @Test
    void a_client_that_left_before_the_application_listened_is_told_once() {
        ManualWire early = new ManualWire();
        Exchange unheard = new Exchange(
                RequestFacts.of("r1", "GET").build(),
                early,
                new ExchangeRules(ErrorPage.PRODUCTION, new Repairs(), List.of(), rig.ended::add));
        early.leave();
        unheard.listen(rig);
        unheard.listen(rig);
        assertThat(rig.told).containsExactly("left: the client left");
    }

    @Test
    void a_client_that_leaves_in_a_write_is_remembered() throws IOException {
        rig.ok();
        rig.write("a");
        wire.failure = wire.gone;
        assertThatThrownBy(() -> rig.write("b")).isSameAs(wire.gone);
        assertThatThrownBy(() -> rig.write("c")).isSameAs(wire.gone);
        exchange.end();
        assertThat(wire.log).containsExactly("head 200 OK", "flush a", "flush b", "end CLIENT_LEFT");
        assertThat(rig.ended.get(0).bytes()).isEqualTo(1);
        assertThat(rig.outcome()).isEqualTo(new Outcome(Ending.CLIENT_LEFT, wire.gone));
    }

    @Test
    void the_server_answers_in_the_application_s_place() {
        rig.ok();
        exchange.answer(ServerAnswer.of("503 Service Unavailable", "r1", new Header("Retry-After", "1")));
        assertThat(wire.log)
                .containsExactly(
                        "head 503 Service Unavailable Retry-After=1 Content-Type=text/plain; charset=utf-8"
                                + " Content-Length=39 Cache-Control=no-store X-Content-Type-Options=nosniff",
                        "write 39 bytes",
                        "end COMPLETE");
        assertThat(rig.ended.get(0).status()).isEqualTo(503);
        assertThat(rig.outcome()).isEqualTo(new Outcome(Ending.COMPLETE, null));
    }

    @Test
    void the_server_s_answer_comes_too_late_after_a_byte() throws IOException {
        rig.ok();
        rig.write("a");
        ServerAnswer answer = ServerAnswer.of("503 Service Unavailable", "r1");
        assertThatThrownBy(() -> exchange.answer(answer))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("HEAD is out of place: the response is COMMITTED");
        exchange.end();
        assertThat(wire.log).containsExactly("head 200 OK", "flush a", "end COMPLETE");
        assertThatThrownBy(() -> exchange.answer(answer))
                .hasMessageStartingWith("HEAD is out of place: the response is ENDED");
    }

    @Test
    void a_client_that_leaves_at_the_server_s_answer_ends_the_exchange() {
        wire.failure = wire.gone;
        exchange.answer(ServerAnswer.of("503 Service Unavailable", "r1"));
        assertThat(rig.outcome()).isEqualTo(new Outcome(Ending.CLIENT_LEFT, wire.gone));
    }

    @Test
    void what_the_client_did_to_its_body_is_answered_400() {
        ClientException cut = new ClientException("the body ended early", new EOFException());
        exchange.fail(cut);
        assertThat(wire.log.get(0)).startsWith("head 400 Bad Request ");
        assertThat(rig.outcome()).isEqualTo(new Outcome(Ending.REPLACED, cut));
    }

    @Test
    void a_later_problem_is_kept_beside_the_first() {
        IllegalStateException close = new IllegalStateException("close");
        rig.ok();
        exchange.settle(null);
        exchange.conclude(close);
        assertThat(rig.outcome()).isEqualTo(new Outcome(Ending.COMPLETE, close));

        IllegalStateException boom = new IllegalStateException("boom");
        ExchangeRig both = new ExchangeRig();
        both.exchange.settle(boom);
        both.exchange.conclude(close);
        assertThat(both.outcome().problem()).isSameAs(boom).hasSuppressedException(close);
    }

    @Test
    void a_wire_that_ends_by_itself_is_a_fault_of_the_server() {
        assertThatThrownBy(() -> wire.events().ended())
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("a wire ended an exchange that had not ended");
    }
}

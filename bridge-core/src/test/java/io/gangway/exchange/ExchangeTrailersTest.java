package io.gangway.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gangway.exchange.Outcome.Ending;
import io.gangway.wsgi.ApplicationViolation;
import io.gangway.wsgi.ClientException;
import io.gangway.wsgi.Header;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The trailers of a response, as an {@link Exchange} treats them (A52). */
class ExchangeTrailersTest {
    private static final Step TAKING = new Step() {
        @Override
        public ResponseHead head(RequestFacts facts, ResponseHead head) {
            return head.with(new Header("Content-Length", "3")).with(new Header("x-step", "1"));
        }
    };

    private static final List<Header> SUM = List.of(new Header("x-sum", "3"));

    private static ExchangeRig rig(String method, Step... steps) {
        return new ExchangeRig(
                RequestFacts.of("r1", method)
                        .headers(List.of(new Header("TE", "trailers")))
                        .build(),
                ErrorPage.PRODUCTION,
                steps);
    }

    private final ExchangeRig rig = rig("GET");

    @Test
    void an_end_without_the_announced_trailers_breaks_the_response_off() throws ClientException {
        rig.exchange.head(ResponseHead.HTTP_START, "200 OK", List.of(ExchangeRig.length(3)), true);
        assertThat(rig.exchange.areTrailersDue()).isFalse();
        rig.write("abc");
        assertThat(rig.exchange.areTrailersDue()).isTrue();
        rig.exchange.end();
        assertThat(rig.outcome().ending()).isEqualTo(Ending.BROKEN);
        assertThat(rig.outcome().problem())
                .isInstanceOf(ApplicationViolation.class)
                .hasMessage(
                        "A52, the end of the response: expected the trailers that its start has announced; found none."
                                + " Fix: send http.response.trailers after the body");
    }

    @Test
    void a_failure_after_all_bytes_breaks_off_what_still_has_trailers_to_come() throws ClientException {
        rig.exchange.head(ResponseHead.HTTP_START, "200 OK", List.of(ExchangeRig.length(3)), true);
        rig.write("abc");
        rig.exchange.fail(new IllegalStateException("no sum"));
        assertThat(rig.outcome().ending()).isEqualTo(Ending.BROKEN);
    }

    @Test
    void trailers_come_once_and_after_a_head() throws ClientException {
        assertThatThrownBy(() -> rig.exchange.trailers(SUM))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("without a head");
        rig.exchange.head(ResponseHead.HTTP_START, "200 OK", List.of(), true);
        rig.exchange.trailers(SUM);
        assertThatThrownBy(() -> rig.exchange.trailers(SUM))
                .hasMessageStartingWith("TRAILERS is out of place: the response is TRAILED");
        assertThatThrownBy(() -> rig.write("abc")).hasMessageStartingWith("DATA is out of place");
        rig.exchange.end();
        assertThat(rig.wire.log).containsExactly("head 200 OK Content-Length=0", "trailers x-sum=3", "end COMPLETE");
    }

    @Test
    void a_response_without_a_body_has_none() throws ClientException {
        ExchangeRig head = rig("HEAD");
        head.exchange.head(ResponseHead.HTTP_START, "200 OK", List.of(), true);
        head.exchange.trailers(SUM);
        head.exchange.end();
        rig.exchange.head(ResponseHead.HTTP_START, "204 No Content", List.of(), true);
        rig.exchange.end();
        assertThat(head.wire.log).containsExactly("head 200 OK", "end COMPLETE");
        assertThat(rig.wire.log).containsExactly("head 204 No Content", "end COMPLETE");
    }

    @Test
    void an_error_page_has_none() {
        rig.exchange.head(ResponseHead.HTTP_START, "200 OK", List.of(), true);
        rig.exchange.fail(new IllegalStateException("on purpose"));
        assertThat(rig.outcome().ending()).isEqualTo(Ending.REPLACED);
    }

    @Test
    void a_step_that_changes_the_head_keeps_them() throws ClientException {
        ExchangeRig changed = rig("GET", TAKING);
        changed.exchange.head(ResponseHead.HTTP_START, "200 OK", List.of(), true);
        changed.write("abc");
        changed.exchange.trailers(SUM);
        changed.exchange.end();
        assertThat(changed.wire.log)
                .containsExactly(
                        "head 200 OK Content-Length=3 x-step=1", "flush abc", "trailers x-sum=3", "end COMPLETE");
    }

    @Test
    void trailers_are_checked_as_headers_are() throws ClientException {
        rig.exchange.head(ResponseHead.HTTP_START, "200 OK", List.of(), true);
        assertThatThrownBy(() -> rig.exchange.trailers(List.of(new Header("x", "a\r\nb: c"))))
                .isInstanceOf(ApplicationViolation.class)
                .hasMessageStartingWith("W51, http.response.trailers: ");
        assertThatThrownBy(() -> rig.exchange.trailers(List.of(new Header("x y", "a"))))
                .hasMessageStartingWith("W51, http.response.trailers: ");
        assertThat(rig.wire.log).isEmpty(); // it can still become a 500
    }

    @Test
    void a_client_that_left_is_told_at_once() throws ClientException {
        rig.exchange.head(ResponseHead.HTTP_START, "200 OK", List.of(), true);
        rig.write("abc");
        rig.wire.leave();
        assertThatThrownBy(() -> rig.exchange.trailers(SUM)).isSameAs(rig.wire.gone);
    }
}

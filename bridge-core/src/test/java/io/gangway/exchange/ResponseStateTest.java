package io.gangway.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gangway.exchange.ResponseState.Event;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The table of a response's states (W55, W57, W67, W68, A52). */
class ResponseStateTest {
    @ParameterizedTest
    @CsvSource({
        "NEW,       HEAD,    HELD",
        "NEW,       REFUSED, NEW",
        "NEW,       COMMIT,  ",
        "NEW,       DATA,    ",
        "NEW,       FILE,    ",
        "NEW,       TRAILERS, ",
        "NEW,       END,     ENDED",
        "HELD,      HEAD,    HELD",
        "HELD,      REFUSED, NEW",
        "HELD,      COMMIT,  COMMITTED",
        "HELD,      DATA,    ",
        "HELD,      FILE,    ",
        "HELD,      TRAILERS, ",
        "HELD,      END,     ENDED",
        "COMMITTED, HEAD,    ",
        "COMMITTED, REFUSED, ",
        "COMMITTED, COMMIT,  ",
        "COMMITTED, DATA,    COMMITTED",
        "COMMITTED, FILE,    FILE",
        "COMMITTED, TRAILERS, TRAILED",
        "COMMITTED, END,     ENDED",
        "FILE,      HEAD,    ",
        "FILE,      REFUSED, ",
        "FILE,      COMMIT,  ",
        "FILE,      DATA,    ",
        "FILE,      FILE,    ",
        "FILE,      TRAILERS, TRAILED",
        "FILE,      END,     ENDED",
        "TRAILED,   HEAD,    ",
        "TRAILED,   REFUSED, ",
        "TRAILED,   COMMIT,  ",
        "TRAILED,   DATA,    ",
        "TRAILED,   FILE,    ",
        "TRAILED,   TRAILERS, ",
        "TRAILED,   END,     ENDED",
        "ENDED,     HEAD,    ",
        "ENDED,     REFUSED, ",
        "ENDED,     COMMIT,  ",
        "ENDED,     DATA,    ",
        "ENDED,     FILE,    ",
        "ENDED,     TRAILERS, ",
        "ENDED,     END,     ",
    })
    void each_event_in_each_state(ResponseState state, Event event, @Nullable ResponseState next) {
        if (next != null) {
            assertThat(state.after(event)).isEqualTo(next);
        } else {
            assertThatThrownBy(() -> state.after(event))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageStartingWith(
                            event + " is out of place: the response is " + state + ", and may be followed by [")
                    .hasMessageEndingWith("]. Fix: correct the application's order of calls");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "COMMITTED | HEAD | [DATA, FILE, TRAILERS, END]",
                "NEW | DATA | [HEAD, REFUSED, END]",
                "ENDED | END | []"
            })
    void a_message_names_what_may_follow(ResponseState state, Event event, String possible) {
        assertThatThrownBy(() -> state.after(event))
                .hasMessage(event + " is out of place: the response is " + state + ", and may be followed by "
                        + possible + ". Fix: correct the application's order of calls");
    }
}

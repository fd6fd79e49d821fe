package io.gangway.asgi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gangway.wsgi.ApplicationViolation;
import io.gangway.wsgi.Header;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Events that break a rule cannot be made. */
@SuppressWarnings("NullAway") // it does not see that an array may be null in a record of another module
class AsgiEventTest {
    @Test
    void a_response_has_a_final_status() {
        assertViolation(
                () -> new HttpEvent.ResponseStart(103, List.of()),
                "A16, http.response.start: expected a final status, 200 to 599 (the server itself sends those below); found 103."
                        + " Fix: pass the status that answers the request");
    }

    @Test
    void headers_are_tokens_and_text() {
        assertViolation(
                () -> new HttpEvent.ResponseStart(200, List.of(new Header("a b", "1"))),
                "A16, http.response.start: expected a header name of letters, digits and !#$%&'*+-.^_`|~; found \"a b\"."
                        + " Fix: name the header as RFC 9110, section 5.1, allows");
        assertThatThrownBy(() -> new WebSocketEvent.Accept(null, List.of(new Header("a", "1\r\nb: 2"))))
                .hasMessageStartingWith(
                        "A16, websocket.accept: expected a value of ISO-8859-1 characters without controls");
        assertThatThrownBy(() -> new HttpEvent.ResponseTrailers(List.of(new Header("a", "1\0"))))
                .hasMessageStartingWith(
                        "A16, http.response.trailers: expected a value of ISO-8859-1 characters without controls");
    }

    @Test
    void headers_are_copied() {
        List<Header> headers = new ArrayList<>(List.of(new Header("a", "1")));
        HttpEvent.ResponseStart start = new HttpEvent.ResponseStart(200, headers);
        headers.clear();
        assertThat(start.headers()).containsExactly(new Header("a", "1"));
    }

    @Test
    void a_message_is_either_text_or_bytes() {
        assertViolation(
                () -> new WebSocketEvent.Send(null, null),
                "A33, websocket.send: expected either text or bytes; found neither. Fix: pass the one, and null for the other");
        assertThatThrownBy(() -> new WebSocketEvent.Message("a", new byte[0])).hasMessageContaining("found both");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000})
    void codes_that_only_describe_cannot_be_sent(int code) {
        assertViolation(
                () -> new WebSocketEvent.Close(code, ""),
                "A35, websocket.close: expected a code that an endpoint may send: 1000 to 1003, 1007 to 1014, 3000 to 4999; found "
                        + code + ". Fix: close with 1000, or with a code of your own from 4000 to 4999");
    }

    @ParameterizedTest
    @ValueSource(ints = {1000, 1001, 1003, 1007, 1011, 1012, 1014, 3000, 4999})
    void codes_of_endpoints_can_be_sent(int code) {
        assertThat(new WebSocketEvent.Close(code, "").code()).isEqualTo(code);
    }

    @Test
    void a_reason_fits_a_control_frame() {
        assertThat(new WebSocketEvent.Close(1000, "x".repeat(123)).reason()).hasSize(123);
        assertThatThrownBy(() -> new WebSocketEvent.Close(1000, "\u00e9".repeat(62)))
                .hasMessageStartingWith("A35, websocket.close: expected a reason of at most 123 bytes in UTF-8");
    }

    @Test
    void events_have_the_names_of_asgi() {
        assertThat(new HttpEvent.Request(new byte[0], false).type()).isEqualTo("http.request");
        assertThat(new HttpEvent.Disconnect().type()).isEqualTo("http.disconnect");
        assertThat(new HttpEvent.ResponseBody(new byte[0]).type()).isEqualTo("http.response.body");
        assertThat(new HttpEvent.ResponseTrailers(List.of()).type()).isEqualTo("http.response.trailers");
        assertThat(new WebSocketEvent.Connect().type()).isEqualTo("websocket.connect");
        assertThat(new WebSocketEvent.Message("a", null).type()).isEqualTo("websocket.receive");
        assertThat(new WebSocketEvent.Disconnect(1005, "").type()).isEqualTo("websocket.disconnect");
        assertThat(new LifespanEvent.Startup().type()).isEqualTo("lifespan.startup");
        assertThat(new LifespanEvent.ShutdownFailed("").type()).isEqualTo("lifespan.shutdown.failed");
    }

    private static void assertViolation(ThrowingCallable call, String message) {
        assertThatThrownBy(call).isInstanceOf(ApplicationViolation.class).hasMessage(message);
    }
}

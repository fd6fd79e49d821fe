package io.gangway.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gangway.wsgi.ApplicationViolation;
import io.gangway.wsgi.Header;
import io.gangway.wsgi.RuleViolation;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ResponseHeadTest {
    static Stream<Character> controls() {
        return IntStream.concat(IntStream.range(0, 0x20), IntStream.of(0x7f)).mapToObj(c -> (char) c);
    }

    static Stream<Character> notInTokens() {
        return Stream.concat(
                controls(),
                " \"(),/:;<=>?@[\\]{}\u0080\u00e9\u00ff\u0101\u2603".chars().mapToObj(c -> (char) c));
    }

    private static void assertRefused(String rule, String status, Header... headers) {
        assertThatThrownBy(() -> ResponseHead.of(status, List.of(headers)))
                .isInstanceOfSatisfying(
                        ApplicationViolation.class, e -> assertThat(e.rule()).isEqualTo(rule))
                .hasMessageStartingWith(rule + ", start_response: expected ");
    }

    @ParameterizedTest
    @CsvSource({
        "200 OK, 200, OK",
        "'404 ', 404, ''",
        "200, 200, ''",
        "999 X, 999, X",
        "600, 600, ''",
        "599 Ünusual reäson, 599, Ünusual reäson",
        "299  two, 299, ' two'"
    })
    void takes_three_digits_and_a_reason(String status, int code, String reason) {
        ResponseHead head = ResponseHead.of(status, List.of());
        assertThat(head.code()).isEqualTo(code);
        assertThat(head.reason()).isEqualTo(reason);
        assertThat(head.contentLength()).isEqualTo(ResponseHead.UNKNOWN_LENGTH);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "20",
                "2000",
                "20 OK",
                "2000 OK",
                "200OK",
                " 200 OK",
                "OK",
                "+20 OK",
                "٢٠٠ OK",
                "-10 X",
                "200\tOK",
                "200 ☃",
                "100 Continue",
                "100",
                "199 X",
                "000 X"
            })
    void refuses_any_other_status(String status) {
        assertRefused("W50", status);
    }

    @Test
    @SuppressWarnings("NullAway") // the mistake under test
    void refuses_null_for_a_status_or_the_headers() {
        assertThatThrownBy(() -> ResponseHead.of(null, List.of()))
                .hasMessage(
                        "W50, start_response: expected a status of three digits, a space and a reason, without control"
                                + " characters; found \"null\". Fix: pass a status such as \"404 Not Found\"");
        assertThatThrownBy(() -> ResponseHead.of("200 OK", null))
                .hasMessage("W51, start_response: expected a list of headers; found null."
                        + " Fix: pass List.of() if there are no headers, and leave null entries out");
    }

    @ParameterizedTest
    @MethodSource("controls")
    void refuses_every_control_character_in_reason_and_value(char control) {
        assertRefused("W50", "200 a" + control + "b");
        assertRefused("W51", "200 OK", new Header("X", "a" + control + "b"));
        assertRefused("W51", "200 OK", new Header("X", String.valueOf(control)));
    }

    @ParameterizedTest
    @MethodSource("notInTokens")
    void refuses_every_character_that_is_not_in_tokens(char c) {
        assertRefused("W51", "200 OK", new Header("X" + c, "v"));
        assertRefused("W51", "200 OK", new Header(c + "X", "v"));
    }

    @Test
    void names_the_header_and_quotes_its_value() {
        assertThatThrownBy(() -> ResponseHead.of("200 OK", List.of(new Header("Location", "/\r\nSet-Cookie: a=b"))))
                .hasMessage("W51, start_response: expected a value of ISO-8859-1 characters without controls for header"
                        + " \"Location\"; found \"/\\r\\nSet-Cookie: a=b\". Fix: encode what is not plain text, and never"
                        + " pass on line breaks from a request");
    }

    @Test
    void takes_every_token_and_every_latin_1_text() {
        String token = "azAZ09!#$%&'*+-.^_`|~";
        String text = IntStream.rangeClosed(0x20, 0xff)
                .filter(c -> c != 0x7f)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
        List<Header> headers = List.of(new Header(token, text), new Header("empty", ""));
        assertThat(ResponseHead.of("200 OK", headers).headers()).isEqualTo(headers);
    }

    @Test
    void refuses_an_empty_name_and_wide_characters() {
        assertRefused("W51", "200 OK", new Header("", "v"));
        assertRefused("W51", "200 OK", new Header("X", "\u0100"));
        assertRefused("W51", "200 OK", new Header("X", "☃"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Connection",
                "keep-alive",
                "Proxy-Authenticate",
                "Proxy-Authorization",
                "TE",
                "Trailer",
                "Transfer-Encoding",
                "UPGRADE"
            })
    void drops_hop_by_hop_headers_and_says_so(String name) {
        Header mine = new Header("X", "y");
        ResponseHead head = ResponseHead.of("200 OK", List.of(new Header(name, "x"), mine));
        assertThat(head.headers()).containsExactly(mine);
        assertThat(head.repaired())
                .singleElement()
                .extracting(Throwable::getMessage)
                .isEqualTo("W52, start_response: expected no hop-by-hop header; found \"" + name
                        + "\". Fix: leave it out: the connection is the server's");
        assertThat(head.withContentLength(1).repaired()).isEqualTo(head.repaired());
    }

    @Test
    void a_hop_by_hop_header_may_not_split_the_response_either() {
        assertRefused("W51", "200 OK", new Header("Connection", "a\r\nX: y"));
    }

    @ParameterizedTest
    @CsvSource({
        "200, 'a status of three digits, a space and a reason, without control characters'",
        "600 High, a status from 200 to 599",
        "999, a status from 200 to 599"
    })
    void says_what_is_odd_about_a_status_that_only_servers_take(String status, String expected) {
        assertThat(ResponseHead.of(status, List.of()).repaired())
                .singleElement()
                .extracting(Throwable::getMessage)
                .isEqualTo("W50, start_response: expected " + expected + "; found \"" + status
                        + "\". Fix: pass a status such as \"404 Not Found\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"200 OK", "404 ", "599 X"})
    void a_head_that_keeps_the_rules_needs_no_repair(String status) {
        assertThat(ResponseHead.of(status, List.of(new Header("X-Connection", "x")))
                        .repaired())
                .isEmpty();
    }

    @Test
    void keeps_the_order_of_repeated_headers_and_copies_the_list() {
        List<Header> given = new ArrayList<>(
                List.of(new Header("Set-Cookie", "a=1"), new Header("X", "y"), new Header("set-cookie", "b=2")));
        ResponseHead head = ResponseHead.of("200 OK", given);
        List<Header> before = List.copyOf(given);
        given.clear();
        assertThat(head.headers()).isEqualTo(before);
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "007, 7", "5000000000, 5000000000", "999999999999999999, 999999999999999999"})
    void reads_content_length(String value, long length) {
        assertThat(ResponseHead.of("200 OK", List.of(new Header("content-LENGTH", value)))
                        .contentLength())
                .isEqualTo(length);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1", "+1", "1,1", " 1", "1 ", "0x1", "1.0", "9999999999999999999", "٣"})
    void refuses_any_other_content_length(String value) {
        assertThatThrownBy(() -> ResponseHead.of("200 OK", List.of(new Header("Content-Length", value))))
                .isInstanceOfSatisfying(
                        ApplicationViolation.class, e -> assertThat(e.rule()).isIn("W63", "W51"));
    }

    @Test
    void refuses_two_lengths_that_differ_and_sends_equal_ones_once() {
        Header five = new Header("Content-Length", "5");
        assertThatThrownBy(() -> ResponseHead.of("200 OK", List.of(five, new Header("Content-Length", "6"))))
                .hasMessage("W63, start_response: expected one Content-Length; found two that differ, 5 and 6."
                        + " Fix: send the header once");
        assertThat(ResponseHead.of("200 OK", List.of(five, new Header("content-length", "05")))
                        .headers())
                .containsExactly(five);
    }

    @Test
    void changes_its_length_into_a_new_head() {
        ResponseHead head = ResponseHead.of("200 OK", List.of(new Header("content-length", "5"), new Header("X", "y")));
        assertThat(head.withContentLength(7).headers())
                .containsExactly(new Header("X", "y"), new Header("Content-Length", "7"));
        ResponseHead without = head.withContentLength(ResponseHead.UNKNOWN_LENGTH);
        assertThat(without.headers()).containsExactly(new Header("X", "y"));
        assertThat(without.contentLength()).isEqualTo(ResponseHead.UNKNOWN_LENGTH);
        assertThat(head.contentLength()).isEqualTo(5);
    }

    @Test
    void never_puts_a_hostile_value_into_a_message_as_it_is() {
        String hostile = "\u001b[31m\n\u2028" + "x".repeat(500);
        assertThatThrownBy(() -> ResponseHead.of(hostile, List.of()))
                .isInstanceOf(RuleViolation.class)
                .message()
                .matches("[ -~]+")
                .contains("\\u001b[31m\\n\\u2028x")
                .contains(" more characters")
                .hasSizeLessThan(450);
    }
}

package io.gangway.middleware;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.gangway.exchange.EndedExchange;
import io.gangway.exchange.Step;
import io.gangway.middleware.AccessLog.Format;
import io.gangway.wsgi.ClientException;
import io.gangway.wsgi.FileWrapper;
import io.gangway.wsgi.GatewayApplication;
import io.gangway.wsgi.Header;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@ParameterizedClass
@EnumSource(Way.class)
class AccessLogTest {
    private static final Instant ARRIVAL = Instant.parse("2026-11-02T08:07:06Z");
    private static final long DURATION = 1_234_567;

    private final Way way;

    AccessLogTest(Way way) {
        this.way = way;
    }

    private final List<String> lines = new ArrayList<>();
    private final AtomicLong nanos = new AtomicLong();

    private AccessLog log(Format format) {
        return AccessLog.to(lines::add)
                .format(format)
                .clock(Clock.fixed(ARRIVAL, ZoneOffset.ofHours(1)))
                .ticker(() -> nanos.getAndAdd(DURATION))
                .build();
    }

    private Call send(Call call, AccessLog log, GatewayApplication application) {
        return way == Way.MIDDLEWARE ? way.send(call, log, application) : call.to(application, timed(log));
    }

    /** A server takes the times; here they are those of the clocks above. */
    private static Step timed(AccessLog log) {
        return new Step() {
            @Override
            public void after(EndedExchange ended) {
                log.after(new EndedExchange(
                        ended.facts(),
                        ended.status(),
                        ended.headers(),
                        ended.bytes(),
                        ARRIVAL.toEpochMilli(),
                        DURATION,
                        ended.outcome()));
            }
        };
    }

    private static GatewayApplication answering(String status, Iterable<byte[]> body) {
        return (environ, startResponse) -> {
            startResponse.start(status, List.of(new Header("Content-Type", "text/plain")));
            return body;
        };
    }

    @Test
    void writes_the_common_format() {
        Call call = Call.get("/caf\u00c3\u00a9").with("QUERY_STRING", "a=1").with("REMOTE_USER", "ann b");
        send(call, log(Format.COMMON), answering("201 Created", ObservedBody.of("abc", "", "de")));
        assertThat(lines)
                .containsExactly(
                        "192.0.2.1 - ann\\x20b [02/Nov/2026:09:07:06 +0100] \"GET /caf%C3%A9?a=1 HTTP/1.1\" 201 5");
    }

    @Test
    void writes_the_combined_format() {
        Call call = Call.get("/").header("Referer", "http://a/").header("User-Agent", "x \"y\"");
        send(call, log(Format.COMBINED), answering("200 OK", List.of()));
        assertThat(lines)
                .containsExactly("192.0.2.1 - - [02/Nov/2026:09:07:06 +0100] \"GET / HTTP/1.1\" 200 - \"http://a/\""
                        + " \"x \\\"y\\\"\"");
    }

    private AccessLog log(String pattern) {
        return AccessLog.to(lines::add)
                .pattern(pattern)
                .clock(Clock.fixed(ARRIVAL, ZoneOffset.ofHours(1)))
                .ticker(() -> nanos.getAndAdd(DURATION))
                .build();
    }

    @Test
    void writes_each_of_gunicorns_atoms() {
        Call call = Call.get("/a")
                .with("QUERY_STRING", "b=1")
                .with("REMOTE_USER", "ann")
                .header("Referer", "http://a/")
                .header("User-Agent", "curl")
                .header("X-Id", "7");
        send(
                call,
                log(
                        "%(h)s %(l)s %(u)s %(t)s \"%(r)s\" %(m)s %(U)s %(q)s %(H)s %(s)s %(B)s %(b)s %(f)s %(a)s"
                                + " %(T)s %(M)s %(D)s %(L)s %({x-id}i)s %({Content-type}o)s %({REQUEST_METHOD}e)s %({none}i)s 100%%"),
                answering("200 OK", List.of()));
        assertThat(lines)
                .containsExactly(
                        "192.0.2.1 - ann [02/Nov/2026:09:07:06 +0100] \"GET /a?b=1 HTTP/1.1\" GET /a b=1 HTTP/1.1 200 0 -"
                                + " http://a/ curl 0 1 1234 0.001235 7 text/plain GET - 100%");
    }

    @ParameterizedTest
    @ValueSource(strings = {"common", "combined", "json"})
    void names_of_formats_are_patterns(String name) {
        send(Call.get("/"), log(name), answering("200 OK", List.of()));
        send(Call.get("/"), log(Format.valueOf(name.toUpperCase(Locale.ROOT))), answering("200 OK", List.of()));
        assertThat(lines.get(0)).isEqualTo(lines.get(1));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "text",
                "combine",
                "%(z)s",
                "%h",
                "%(h)",
                "%(h)d",
                "50% %(h)s",
                "%(h)s\n",
                "%({}i)s",
                "%({x}z)s",
                "\u00e9%(h)s"
            })
    void a_pattern_that_would_write_something_else_is_refused(String pattern) {
        assertThat(AccessLog.isPattern(pattern)).isFalse();
    }

    @Test
    void writes_json_lines() {
        send(
                Call.get("/").header("User-Agent", "x\n\"\u00e9"),
                log(Format.JSON),
                answering("200 OK", ObservedBody.of("a")));
        assertThat(lines)
                .containsExactly(
                        "{\"time\":\"2026-11-02T09:07:06+01:00\",\"request_id\":\"server-id\",\"client\":\"192.0.2.1\","
                                + "\"method\":\"GET\",\"target\":\"/\",\"protocol\":\"HTTP/1.1\","
                                + "\"user_agent\":\"x\\u000a\\\"\\u00e9\",\"status\":200,\"bytes\":1,\"duration_us\":1234}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\nb", "a\r\nb", "\u001b[31m", "a\u0085b", "a\u2028b", "\"", "\\", "\u0000", "\u007f"})
    void a_client_cannot_write_lines_of_its_own(String hostile) {
        for (Format format : Format.values()) {
            Call call = Call.of("X" + hostile, "/" + hostile)
                    .with("QUERY_STRING", hostile)
                    .with("REMOTE_USER", hostile)
                    .with("SERVER_PROTOCOL", hostile)
                    .header("User-Agent", hostile)
                    .header("Referer", hostile);
            send(call, log(format), answering("200 OK", List.of()));
        }
        Call call = Call.get("/").header("X", hostile + " b").header("Y", hostile);
        send(call, log("%({x}i)s \"%({y}i)s\" %(s)s"), answering("200 OK", List.of()));
        assertThat(lines.get(3)).matches("[^ ]+ \"([^\"\\\\]|\\\\.)+\" 200");
        assertThat(lines).hasSize(4).allMatch(line -> line.chars().allMatch(c -> c >= ' ' && c < 0x7f));
        assertThat(lines.get(1).replace("\\\\", "").replace("\\\"", "").chars().filter(c -> c == '"'))
                .hasSize(6);
    }

    @Test
    void cuts_what_is_too_long() {
        send(
                Call.get("/").header("User-Agent", "u".repeat(100_000)),
                log(Format.COMBINED),
                answering("200 OK", List.of()));
        assertThat(lines.get(0)).hasSizeLessThan(5000).endsWith("uuu...\"");
    }

    @Test
    void logs_when_the_body_has_been_closed_and_passes_close_on_once() {
        ObservedBody body = ObservedBody.of("a", "b");
        List<String> order = new ArrayList<>();
        AccessLog log = AccessLog.to(line -> order.add("logged after " + body.closed + " close"))
                .build();
        Call call = send(Call.get("/"), log, answering("200 OK", body));
        assertThat(call.body()).isEqualTo("ab");
        assertThat(order).containsExactly("logged after 1 close");
        assertThat(body.closed).isEqualTo(1);
    }

    @Test
    void keeps_the_content_length_that_a_server_supplies_for_a_single_block() {
        Call call = send(Call.get("/"), log(Format.COMMON), answering("200 OK", List.of("abc".getBytes(UTF_8))));
        assertThat(call.responseHeader("Content-Length")).contains("3");
    }

    @Test
    void counts_what_is_written() {
        Call call = send(Call.get("/"), log(Format.COMMON), (environ, startResponse) -> {
            startResponse.start("200 OK", List.of()).write("abc".getBytes(UTF_8));
            return List.of("de".getBytes(UTF_8));
        });
        assertThat(call.body()).isEqualTo("abcde");
        assertThat(lines.get(0)).endsWith(" 200 5");
    }

    @Test
    void counts_a_file() {
        FileWrapper file = new FileWrapper(new ByteArrayInputStream(new byte[300_000]), 8192);
        Call call = send(Call.get("/"), log(Format.COMMON), answering("200 OK", file));
        assertThat(call.received.size()).isEqualTo(300_000);
        assertThat(lines).singleElement().asString().endsWith(" 200 300000");
    }

    @Test
    void counts_no_bytes_for_head_and_bodiless_statuses() {
        send(Call.of("HEAD", "/"), log(Format.COMMON), answering("200 OK", ObservedBody.of("abc")));
        send(Call.get("/"), log(Format.COMMON), answering("304 Not Modified", ObservedBody.of("abc")));
        assertThat(lines).hasSize(2).allMatch(line -> line.endsWith(" 200 -") || line.endsWith(" 304 -"));
    }

    /** A middleware does not see the server's error page. */
    private String bytesOfErrorPage(int count) {
        return way == Way.STEP ? Integer.toString(count) : "0";
    }

    @Test
    void logs_an_exception_before_the_first_byte_as_500() {
        IllegalStateException failure = new IllegalStateException("boom");
        Call called = send(Call.get("/"), log(Format.JSON), (environ, startResponse) -> {
            startResponse.start("200 OK", List.of());
            throw failure;
        });
        Call iterated = send(Call.get("/"), log(Format.JSON), answering("200 OK", new ObservedBody(failure, "")));
        assertThat(called.problem()).isSameAs(failure);
        assertThat(iterated.problem()).isSameAs(failure);
        assertThat(lines)
                .hasSize(2)
                .allMatch(line ->
                        line.contains("\"exception\":\"java.lang.IllegalStateException\",\"status\":500,\"bytes\":"
                                + bytesOfErrorPage(48) + ","));
    }

    @Test
    void logs_an_exception_after_bytes_with_the_status_that_was_started() {
        send(
                Call.get("/"),
                log(Format.JSON),
                answering("200 OK", new ObservedBody(new IllegalStateException("boom"), "abc")));
        assertThat(lines.get(0)).contains("IllegalStateException").contains("\"status\":200,\"bytes\":3");
    }

    @Test
    void logs_a_client_s_fault_as_400_and_a_missing_start_as_500() {
        send(Call.get("/"), log(Format.COMMON), (environ, startResponse) -> {
            throw new ClientException("cut short", new IOException("eof"));
        });
        send(Call.get("/"), log(Format.COMMON), (environ, startResponse) -> List.of());
        assertThat(lines.get(0)).endsWith(" 400 " + bytesOfErrorPage(38).replaceFirst("^0$", "-"));
        assertThat(lines.get(1)).endsWith(" 500 " + bytesOfErrorPage(48).replaceFirst("^0$", "-"));
    }

    @Test
    void logs_and_closes_when_the_client_leaves() {
        ObservedBody body = ObservedBody.of("a", "b");
        send(Call.get("/").leavingOnFirstWrite(), log(Format.COMMON), answering("200 OK", body));
        assertThat(lines).hasSize(1);
        assertThat(body.closed).isEqualTo(1);
        assertThat(body.asked).isEqualTo(1);
    }

    @Test
    void reads_the_request_before_the_application_changes_it() {
        send(Call.get("/before"), log(Format.COMMON), (environ, startResponse) -> {
            environ.put("PATH_INFO", "/after");
            startResponse.start("200 OK", List.of());
            return List.of();
        });
        assertThat(lines.get(0)).contains("\"GET /before HTTP/1.1\"");
    }
}

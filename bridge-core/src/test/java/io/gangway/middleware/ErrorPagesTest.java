package io.gangway.middleware;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.gangway.exchange.Outcome.Ending;
import io.gangway.wsgi.ClientException;
import io.gangway.wsgi.FileWrapper;
import io.gangway.wsgi.GatewayApplication;
import io.gangway.wsgi.Header;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ErrorPagesTest {
    private final IllegalStateException boom = new IllegalStateException("secret <b> & \"x\"");

    private static GatewayApplication answering(Iterable<byte[]> body) {
        return (environ, startResponse) -> {
            startResponse.start("200 OK", List.of(new Header("X-Own", "1"), new Header("Content-Length", "99")));
            return body;
        };
    }

    private GatewayApplication throwing() {
        return (environ, startResponse) -> {
            throw boom;
        };
    }

    @Test
    void shows_only_the_request_id_in_production() {
        Call call = Call.get("/").to(ErrorPages.production().wrap(throwing()));
        assertThat(call.status()).isEqualTo(500);
        assertThat(call.body()).isEqualTo("500 Internal Server Error\nRequest id: server-id\n");
        assertThat(call.responseHeader("Content-Type")).contains("text/plain; charset=utf-8");
        assertThat(call.responseHeader("Cache-Control")).contains("no-store");
        assertThat(call.problem()).isNull();
    }

    @Test
    void logs_the_traceback_that_the_server_will_not_see() {
        Call call = Call.get("/").to(ErrorPages.production().wrap(throwing()));
        assertThat(call.errors.toString())
                .startsWith("java.lang.IllegalStateException: secret <b> & \"x\"")
                .contains("\tat " + ErrorPagesTest.class.getName());
    }

    @Test
    void shows_the_escaped_traceback_in_development() {
        Call call = Call.get("/<script>")
                .header("Accept", "text/html,*/*;q=0.8")
                .with("QUERY_STRING", "<i>")
                .to(ErrorPages.development().wrap(throwing()));
        assertThat(call.responseHeader("Content-Type")).contains("text/html; charset=utf-8");
        assertThat(call.body())
                .startsWith("<!DOCTYPE html>")
                .contains("<code>GET /%3Cscript%3E?&lt;i&gt;</code>")
                .contains("java.lang.IllegalStateException: secret &lt;b&gt; &amp; &quot;x&quot;\n\tat ")
                .doesNotContain("<b>", "<i>", "<script>");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | text/plain; charset=utf-8",
                "*/* | text/plain; charset=utf-8",
                "text/* | text/plain; charset=utf-8",
                "text/html,application/xhtml+xml,*/*;q=0.8 | text/html; charset=utf-8",
                "application/json | application/json",
                "application/json;q=0.5, text/html;q=0.4 | application/json",
                "text/html;q=0, application/* | application/json",
                "image/png | text/plain; charset=utf-8",
                "text/html;q=nonsense | text/plain; charset=utf-8",
            })
    void answers_in_the_form_that_accept_weighs_most(String accept, String contentType) {
        Call call = Call.get("/")
                .header("Accept", accept)
                .to(ErrorPages.production().wrap(throwing()));
        assertThat(call.responseHeader("Content-Type")).contains(contentType);
        assertThat(call.body()).contains("server-id").doesNotContain("secret");
    }

    @Test
    void writes_json_that_a_parser_can_read() {
        Call call = Call.get("/\"")
                .header("Accept", "application/json")
                .to(ErrorPages.development().wrap(throwing()));
        assertThat(call.body())
                .startsWith(
                        "{\"status\":500,\"title\":\"Internal Server Error\",\"request_id\":\"server-id\","
                                + "\"request\":\"GET /%22\",\"traceback\":\"java.lang.IllegalStateException: secret <b> & \\\"x\\\"\\u000a")
                .endsWith("\"}\n");
    }

    @Test
    void replaces_what_was_started_if_the_iteration_fails_before_the_first_byte() {
        ObservedBody body = new ObservedBody(boom, "", "");
        Call call = Call.get("/").to(ErrorPages.production().wrap(answering(body)));
        assertThat(call.status()).isEqualTo(500);
        assertThat(call.responseHeader("X-Own")).isEmpty();
        assertThat(call.body()).isEqualTo("500 Internal Server Error\nRequest id: server-id\n");
        assertThat(body.closed).isEqualTo(1);
        assertThat(call.problem()).isNull();
    }

    @Test
    void replaces_what_was_started_if_there_is_no_iterator() {
        Call call = Call.get("/").to(ErrorPages.production().wrap(answering(() -> {
            throw boom;
        })));
        assertThat(call.body()).isEqualTo("500 Internal Server Error\nRequest id: server-id\n");
    }

    @Test
    void replaces_what_was_started_if_asking_for_more_fails() {
        Iterable<byte[]> body = () -> new Iterator<>() {
            @Override
            public boolean hasNext() {
                throw boom;
            }

            @Override
            public byte[] next() {
                throw new AssertionError("never asked");
            }
        };
        Call call = Call.get("/").to(ErrorPages.production().wrap(answering(body)));
        assertThat(call.body()).isEqualTo("500 Internal Server Error\nRequest id: server-id\n");
    }

    @Test
    void answers_for_an_application_that_returns_null() {
        Call call = Call.get("/").to(ErrorPages.production().wrap(answering(nothing())));
        assertThat(call.status()).isEqualTo(500);
        assertThat(call.errors.toString()).contains("W02, the application's return: expected an iterable of blocks");
    }

    @SuppressWarnings("NullAway") // applications that are compiled without NullAway do this
    private static Iterable<byte[]> nothing() {
        return null;
    }

    @Test
    void rethrows_once_bytes_have_left() {
        ObservedBody body = new ObservedBody(boom, "abc");
        Call call = Call.get("/").to(ErrorPages.development().wrap(answering(body)));
        assertThat(call.body()).isEqualTo("abc");
        assertThat(call.problem()).isSameAs(boom);
        assertThat(Objects.requireNonNull(call.outcome).ending()).isEqualTo(Ending.BROKEN);
        assertThat(body.closed).isEqualTo(1);
    }

    @Test
    void rethrows_once_bytes_were_written() {
        Call call = Call.get("/").to(ErrorPages.development().wrap((environ, startResponse) -> {
            startResponse.start("200 OK", List.of()).write("abc".getBytes(UTF_8));
            throw boom;
        }));
        assertThat(call.body()).isEqualTo("abc");
        assertThat(call.problem()).isSameAs(boom);
        assertThat(call.errors.toString()).isEmpty();
    }

    @Test
    void leaves_the_client_s_faults_to_the_server() {
        ClientException gone = new ClientException("cut short", new IOException("eof"));
        Call call = Call.get("/").to(ErrorPages.production().wrap((environ, startResponse) -> {
            throw gone;
        }));
        assertThat(call.status()).isEqualTo(400);
        assertThat(call.problem()).isSameAs(gone);
    }

    @Test
    void passes_a_good_response_as_it_is() {
        ObservedBody body = ObservedBody.of("", "abc", "de");
        Call call = Call.get("/").to(ErrorPages.production().wrap((environ, startResponse) -> {
            startResponse.start("404 Not Found", List.of(new Header("X-Own", "1")));
            return body;
        }));
        assertThat(call.status()).isEqualTo(404);
        assertThat(call.body()).isEqualTo("abcde");
        assertThat(body.closed).isEqualTo(1);
    }

    @Test
    void leaves_a_file_a_file() throws Exception {
        FileWrapper file = new FileWrapper(new ByteArrayInputStream(new byte[0]), 1);
        assertThat(ErrorPages.production()
                        .wrap(answering(file))
                        .call(Call.get("/").environ, (status, headers, excInfo) -> data -> {}))
                .isSameAs(file);
    }

    @Test
    void sends_no_body_for_head() {
        Call call = Call.of("HEAD", "/").to(ErrorPages.production().wrap(throwing()));
        assertThat(call.status()).isEqualTo(500);
        assertThat(call.responseHeader("Content-Length")).contains("48");
        assertThat(call.body()).isEmpty();
    }
}

package io.gangway.middleware;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gangway.wsgi.Environ;
import io.gangway.wsgi.Header;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@ParameterizedClass
@EnumSource(Way.class)
class RequestIdTest {
    private final Way way;

    RequestIdTest(Way way) {
        this.way = way;
    }

    private final RequestId trustingLocal = RequestId.trusting("192.0.2.0/24", "::1");

    private Call showId(RequestId requestId, Call call) {
        return way.send(call, requestId, Call.showing(Environ.REQUEST_ID, "gangway.server_request_id"));
    }

    @Test
    void takes_a_trusted_caller_s_id_and_keeps_the_server_s() {
        Call call = showId(trustingLocal, Call.get("/").header("X-Request-ID", "abc-1_2.3:4+5=6/7"));
        assertThat(call.body()).isEqualTo("abc-1_2.3:4+5=6/7\nserver-id\n");
        assertThat(call.responseHeader("X-Request-ID")).contains("abc-1_2.3:4+5=6/7");
    }

    @Test
    void ignores_the_id_of_anyone_else() {
        Call stranger = Call.get("/").with("REMOTE_ADDR", "203.0.113.9").header("X-Request-ID", "abc");
        assertThat(showId(trustingLocal, stranger).body()).isEqualTo("server-id\n-\n");
        assertThat(stranger.responseHeader("X-Request-ID")).contains("server-id");
        assertThat(showId(RequestId.trustingNobody(), Call.get("/").header("X-Request-ID", "abc"))
                        .body())
                .isEqualTo("server-id\n-\n");
    }

    @Test
    void judges_the_peer_rather_than_the_client_behind_it() {
        Call call = Call.get("/")
                .with("REMOTE_ADDR", "203.0.113.9")
                .with("gangway.proxy.remote_addr", "192.0.2.1")
                .header("X-Request-ID", "abc");
        assertThat(showId(trustingLocal, call).body()).isEqualTo("abc\nserver-id\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a\r\nX: y", "a\"", "\u00e9", "a,b", "<x>", "%41"})
    void ignores_a_malformed_id(String id) {
        assertThat(showId(trustingLocal, Call.get("/").header("X-Request-ID", id))
                        .body())
                .isEqualTo("server-id\n-\n");
    }

    @Test
    void ignores_an_id_that_is_too_long() {
        assertThat(showId(trustingLocal, Call.get("/").header("X-Request-ID", "a".repeat(128)))
                        .body())
                .startsWith("aaa");
        assertThat(showId(trustingLocal, Call.get("/").header("X-Request-ID", "a".repeat(129)))
                        .body())
                .startsWith("server-id");
    }

    @Test
    void makes_an_id_where_the_server_made_none() throws Exception {
        Environ environ = Call.get("/").environ;
        environ.remove(Environ.REQUEST_ID);
        trustingLocal.wrap(Call.showing()).call(environ, (status, headers, excInfo) -> data -> {});
        assertThat(environ.requestId()).matches("[0-9a-f-]{36}");
    }

    @Test
    void replaces_the_application_s_own_header_and_keeps_the_others() {
        Call call = way.send(Call.get("/"), trustingLocal, (environ, startResponse) -> {
            startResponse.start("200 OK", List.of(new Header("x-request-id", "own"), new Header("X-Other", "1")));
            return List.of();
        });
        assertThat(call.responseHeader("X-Request-ID")).contains("server-id");
        assertThat(call.responseHeader("X-Other")).contains("1");
    }

    @Test
    void leaves_body_and_write_to_the_application() {
        ObservedBody body = ObservedBody.of("b");
        Call call = way.send(Call.get("/"), trustingLocal, (environ, startResponse) -> {
            startResponse.start("200 OK", List.of()).write("a".getBytes(ISO_8859_1));
            return body;
        });
        assertThat(call.body()).isEqualTo("ab");
        assertThat(body.closed).isEqualTo(1);
    }

    @Test
    void refuses_a_name_in_place_of_a_network() {
        assertThatThrownBy(() -> RequestId.trusting("localhost"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("expected a network such as 10.0.0.0/8, 192.0.2.7 or fd00::/8; found \"localhost\". Fix:"
                        + " write an address or a CIDR block; names are not looked up");
    }
}

package io.gangway.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.gangway.exchange.RequestFacts;
import io.gangway.wsgi.Environ;
import io.gangway.wsgi.Header;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Facts as an environ (W10-W22), and back. */
class FactsEnvironTest {
    private static final RequestFacts LEAST = RequestFacts.of("r-1", "GET").build();

    private static final RequestFacts WHOLE = RequestFacts.of("r-2", "POST")
            .target("/shop/caf%C3%A9?q=%20")
            .path("/shop", "/caf\u00c3\u00a9")
            .query("q=%20")
            .protocol("HTTP/2")
            .scheme("https")
            .server("shop.example", "8443")
            .client("2001:db8::1", "50000")
            .user("ada", "Basic")
            .headers(List.of(
                    new Header("Host", "shop.example:8443"),
                    new Header("content-type", "text/plain"),
                    new Header("Content-Length", "5"),
                    new Header("X-Id", "1"),
                    new Header("Cookie", "a=1"),
                    new Header("x-id", "2"),
                    new Header("cookie", "b=2"),
                    new Header("X-Empty", "")))
            .bodyLength(5)
            .tls(Map.of("SSL_PROTOCOL", "TLSv1.3"))
            .add(Map.of("shop.name", "Caf\u00c3\u00a9", "gangway.proxy.remote_addr", "10.0.0.1"))
            .build();

    private static Environ environ(RequestFacts facts) {
        return FactsEnviron.of(facts, Serving.objects(Map.of()));
    }

    @Test
    void the_keys_that_every_request_has() {
        assertThat(FactsEnviron.texts(LEAST))
                .containsExactly(
                        entry("REQUEST_METHOD", "GET"),
                        entry("SCRIPT_NAME", ""),
                        entry("PATH_INFO", "/"),
                        entry("QUERY_STRING", ""),
                        entry("SERVER_NAME", "localhost"),
                        entry("SERVER_PORT", "80"),
                        entry("SERVER_PROTOCOL", "HTTP/1.1"),
                        entry("SERVER_SOFTWARE", ServerSoftware.NAME),
                        entry("RAW_URI", "/"),
                        entry("REQUEST_URI", "/"),
                        entry("wsgi.url_scheme", "http"),
                        entry("gangway.request_id", "r-1"));
    }

    @Test
    void the_keys_of_a_request_that_has_everything() {
        Map<String, String> more = new LinkedHashMap<>(FactsEnviron.texts(WHOLE));
        more.keySet().removeAll(FactsEnviron.texts(LEAST).keySet());
        assertThat(more)
                .containsOnly(
                        entry("REMOTE_ADDR", "2001:db8::1"),
                        entry("REMOTE_PORT", "50000"),
                        entry("REMOTE_USER", "ada"),
                        entry("AUTH_TYPE", "Basic"),
                        entry("HTTPS", "on"),
                        entry("SSL_PROTOCOL", "TLSv1.3"),
                        entry("HTTP_HOST", "shop.example:8443"),
                        entry("CONTENT_TYPE", "text/plain"),
                        entry("CONTENT_LENGTH", "5"),
                        entry("HTTP_X_ID", "1,2"),
                        entry("HTTP_COOKIE", "a=1; b=2"),
                        entry("HTTP_X_EMPTY", ""),
                        entry("shop.name", "Caf\u00c3\u00a9"),
                        entry("gangway.proxy.remote_addr", "10.0.0.1"));
    }

    @Test
    void headers_that_are_dangerous_are_no_keys() {
        RequestFacts facts = LEAST.change()
                .headers(List.of(
                        new Header("Proxy", "evil"), new Header("X_Id", "posing"), new Header("Content_Length", "9")))
                .build();
        assertThat(FactsEnviron.texts(facts)).isEqualTo(FactsEnviron.texts(LEAST));
        assertThat(environ(facts).get("HTTP_PROXY")).isNull();
        assertThat(environ(facts).get("HTTP_X_ID")).isNull();
        assertThat(environ(facts).get("CONTENT_LENGTH")).isNull();
    }

    static Stream<RequestFacts> facts() {
        return Stream.of(
                LEAST,
                WHOLE,
                WHOLE.change()
                        .removeAddition("shop.name")
                        .removeAddition("gangway.proxy.remote_addr")
                        .build(),
                WHOLE.change().scheme("http").build(),
                WHOLE.change()
                        .add(Map.of("REMOTE_USER", "eve", "HTTP_X_ID", "3"))
                        .build(),
                LEAST.change().client("192.0.2.1", null).user(null, "Digest").build());
    }

    @ParameterizedTest
    @MethodSource("facts")
    void a_key_that_is_read_alone_has_the_value_that_it_has_in_the_whole(RequestFacts facts) {
        Map<String, String> whole = FactsEnviron.texts(facts);
        List<String> keys = new ArrayList<>(whole.keySet());
        keys.addAll(List.of(
                "HTTP_NONE",
                "HTTP_",
                "HTTP_PROXY",
                "REMOTE_HOST",
                "HTTP_X_I",
                "HTTPS",
                "REMOTE_USER",
                "CONTENT_TYPE",
                "",
                "x"));
        for (String key : keys) {
            assertThat(environ(facts).get(key)).as(key).isEqualTo(whole.get(key));
        }
        assertThat(environ(facts)).isEqualTo(whole);
        Environ read = environ(facts);
        assertThat(read.get("PATH_INFO")).isEqualTo(facts.path());
        assertThat(read.keySet()).containsExactlyInAnyOrderElementsOf(whole.keySet());
    }

    @Test
    void the_server_s_objects_come_first() {
        InputStream input = InputStream.nullInputStream();
        Environ environ = FactsEnviron.of(
                WHOLE, Serving.objects(Map.of("wsgi.input", input, "wsgi.multithread", true, "REMOTE_USER", "server")));
        assertThat(environ.get("wsgi.input")).isSameAs(input);
        assertThat(environ.get("REMOTE_USER")).isEqualTo("server");
        assertThat(environ.keySet()).containsAll(Set.of("wsgi.input", "wsgi.multithread", "REQUEST_METHOD"));
        assertThat(environ).containsEntry("REMOTE_USER", "server");
    }

    @Test
    void an_application_may_change_its_environ() {
        Environ environ = environ(WHOLE);
        environ.put("PATH_INFO", "/other");
        environ.remove("HTTP_COOKIE");
        assertThat(environ.pathInfo()).isEqualTo("/other");
        assertThat(environ.header("Cookie")).isEmpty();
        assertThat(WHOLE.path()).isEqualTo("/caf\u00c3\u00a9");
    }

    @ParameterizedTest
    @MethodSource("facts")
    void an_environ_gives_the_facts_that_it_was_made_of(RequestFacts facts) {
        RequestFacts again = EnvironFacts.of(environ(facts));
        assertThat(FactsEnviron.texts(again)).isEqualTo(FactsEnviron.texts(facts));
        assertThat(again.method()).isEqualTo(facts.method());
        assertThat(again.target()).isEqualTo(facts.target());
        assertThat(again.mount()).isEqualTo(facts.mount());
        assertThat(again.path()).isEqualTo(facts.path());
        assertThat(again.scheme()).isEqualTo(facts.scheme());
        assertThat(again.clientAddress()).isEqualTo(facts.clientAddress());
        assertThat(again.clientPort()).isEqualTo(facts.clientPort());
        assertThat(again.requestId()).isEqualTo(facts.requestId());
        assertThat(again.header("Host")).isEqualTo(facts.header("Host"));
        assertThat(again.header("cookie")).isEqualTo(facts.header("cookie"));
        assertThat(again.bodyLength()).isEqualTo(facts.bodyLength());
    }

    @Test
    void what_a_middleware_put_into_an_environ_is_in_the_facts() {
        Environ environ = environ(WHOLE);
        environ.put("SCRIPT_NAME", "/shop/caf\u00c3\u00a9");
        environ.put("PATH_INFO", "");
        environ.put("REMOTE_USER", "eve");
        environ.put("HTTP_X_NEW", "4");
        environ.put("HTTP_PROXY", "a middleware's own");
        environ.put("HTTP_x", "no header");
        environ.put("shop.cart", "7");
        environ.put("shop.object", List.of());
        environ.remove("RAW_URI");
        environ.remove("HTTP_X_ID");

        RequestFacts facts = EnvironFacts.of(environ);
        assertThat(facts.mount()).isEqualTo("/shop/caf\u00c3\u00a9");
        assertThat(facts.path()).isEmpty();
        assertThat(facts.target()).isEqualTo("/shop/caf%C3%A9?q=%20");
        assertThat(facts.user()).hasValue("eve");
        assertThat(facts.header("X-New")).hasValue("4");
        assertThat(facts.header("X-Id")).isEmpty();
        assertThat(facts.additions())
                .containsEntry("shop.cart", "7")
                .containsEntry("HTTP_x", "no header")
                .doesNotContainKeys("shop.object", "REQUEST_URI", "SERVER_SOFTWARE");
        assertThat(FactsEnviron.texts(facts)).containsEntry("HTTP_PROXY", "a middleware's own");
    }

    @ParameterizedTest
    @CsvSource({
        "GET, HTTP/1.1, , 0",
        "HEAD, HTTP/1.0, , 0",
        "GET, HTTP/1.1, 5, 5",
        "POST, HTTP/1.1, , -1",
        "GET, HTTP/2, , -1",
        "DELETE, HTTP/1.1, 0, 0",
    })
    void an_environ_tells_the_body_s_length_as_far_as_it_can(
            String method, String protocol, @Nullable String length, long expected) {
        Environ environ = environ(LEAST);
        environ.put("REQUEST_METHOD", method);
        environ.put("SERVER_PROTOCOL", protocol);
        if (length != null) {
            environ.put("CONTENT_LENGTH", length);
        }
        assertThat(EnvironFacts.of(environ).bodyLength()).isEqualTo(expected);
    }
}

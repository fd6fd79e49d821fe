package io.gangway.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.gangway.asgi.ConnectionScope.Address;
import io.gangway.asgi.HttpScope;
import io.gangway.asgi.WebSocketScope;
import io.gangway.exchange.RequestFacts;
import io.gangway.wsgi.Header;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Scopes: A01-A06 and A32. */
class FactsScopeTest {
    private final RequestFacts.Builder facts = RequestFacts.of("r1", "GET");

    @Test
    @Tag("A01")
    void a_scope_names_its_type_and_versions() {
        HttpScope http = http();
        assertThat(http.type()).isEqualTo("http");
        assertThat(http.asgiVersion()).isEqualTo("3.0");
        assertThat(http.specVersion()).isEqualTo("2.5");
        WebSocketScope socket = FactsScope.webSocket(facts.build(), List.of("chat"), Map.of(), Map.of());
        assertThat(socket.type()).isEqualTo("websocket");
        assertThat(socket.scheme()).isEqualTo("ws");
        assertThat(socket.subprotocols()).containsExactly("chat");
    }

    @Test
    @Tag("A02")
    void the_path_is_decoded_and_includes_the_mount_point() {
        facts.target("/shop%20a/caf%C3%A9?q=%20")
                .path("/shop a", "/caf\u00c3\u00a9")
                .query("q=%20");
        HttpScope http = http();
        assertThat(http.path()).isEqualTo("/shop a/caf\u00e9");
        assertThat(http.rootPath()).isEqualTo("/shop a");
        assertThat(http.rawPath()).isEqualTo("/shop%20a/caf%C3%A9");
        assertThat(http.queryString()).isEqualTo("q=%20");
    }

    @Test
    @Tag("A02")
    void a_path_that_is_no_utf_8_has_replacement_characters() {
        facts.target("/%FF").path("", "/\u00ff");
        assertThat(http().path()).isEqualTo("/\ufffd");
        assertThat(http().rawPath()).isEqualTo("/%FF");
    }

    @ParameterizedTest
    @CsvSource({
        "/a?b, /a",
        "/a%3Fb, /a%3Fb",
        "http://example.org/a?b, /a",
        "http://example.org, /",
        "*, *",
        "/a://b, /a://b"
    })
    @Tag("A02")
    void the_raw_path_is_as_it_was_sent_without_an_authority(String target, String path) {
        facts.target(target);
        assertThat(http().rawPath()).isEqualTo(path);
    }

    @Test
    @Tag("A03")
    void headers_keep_their_order_and_repeats_with_names_in_lower_case() {
        facts.headers(List.of(
                new Header("X-A", "1"), new Header("host", "h"), new Header("X-A", "2"), new Header("Cookie", "c=1")));
        assertThat(http().headers())
                .containsExactly(
                        new Header("x-a", "1"),
                        new Header("host", "h"),
                        new Header("x-a", "2"),
                        new Header("cookie", "c=1"));
        assertThat(http().header("X-A")).hasValue("1");
    }

    @Test
    @Tag("A03")
    void the_authority_of_http_2_is_the_first_header() {
        facts.protocol("HTTP/2").headers(List.of(new Header("accept", "*/*"), new Header("Host", "h")));
        assertThat(http().headers()).containsExactly(new Header("host", "h"), new Header("accept", "*/*"));
        assertThat(http().httpVersion()).isEqualTo("2");
    }

    @Test
    @Tag("A06")
    void ambiguous_and_dangerous_headers_are_dropped() {
        facts.headers(List.of(new Header("X_A", "1"), new Header("Proxy", "p"), new Header("x-b", "2")));
        assertThat(http().headers()).containsExactly(new Header("x-b", "2"));
    }

    @Test
    @Tag("A04")
    void addresses_are_host_and_port_or_unknown() {
        assertThat(http().client()).isEmpty();
        facts.client("10.0.0.1", "1234").server("shop.example", "443").scheme("https");
        assertThat(http().client()).hasValue(new Address("10.0.0.1", Optional.of(1234)));
        assertThat(http().server()).hasValue(new Address("shop.example", Optional.of(443)));
        assertThat(http().scheme()).isEqualTo("https");
        facts.client("10.0.0.1", "+80").server("shop.example", "123456");
        assertThat(http().client()).hasValue(new Address("10.0.0.1", Optional.empty()));
        assertThat(http().server()).hasValue(new Address("shop.example", Optional.empty()));
        facts.client("10.0.0.1", null);
        assertThat(http().client()).hasValue(new Address("10.0.0.1", Optional.empty()));
    }

    @Test
    @Tag("A05")
    void the_state_is_a_copy_for_each_connection() {
        Map<String, Object> state = new HashMap<>(Map.of("pool", "p"));
        HttpScope first = FactsScope.http(facts.build(), state, Map.of());
        first.state().put("mine", 1);
        assertThat(first.state()).containsEntry("pool", "p");
        assertThat(state).containsOnlyKeys("pool");
        assertThat(FactsScope.http(facts.build(), state, Map.of()).state()).containsOnlyKeys("pool");
    }

    @Test
    void a_scope_of_another_server_becomes_facts() {
        facts.target("/m/a%20b?x=1").path("/m", "/a b").query("x=1").client("10.0.0.1", "7");
        facts.headers(List.of(new Header("content-length", "12")));
        RequestFacts read = ScopeFacts.of(http());
        assertThat(read.target()).isEqualTo("/m/a%20b?x=1");
        assertThat(read.mount()).isEqualTo("/m");
        assertThat(read.path()).isEqualTo("/a b");
        assertThat(read.query()).isEqualTo("x=1");
        assertThat(read.clientAddress()).hasValue("10.0.0.1");
        assertThat(read.bodyLength()).isEqualTo(12);
        assertThat(read.protocol()).isEqualTo("HTTP/1.1");
    }

    @Test
    void what_middleware_changes_in_a_scope_is_changed_in_the_facts_and_the_rest_is_kept() {
        facts.target("/a").path("", "/a").user("ann", "BASIC").headers(List.of(new Header("X-Secret", "1")));
        RequestFacts original = facts.build();
        HttpScope scope =
                FactsScope.http(original, Map.of(), Map.of(ScopeFacts.EXTENSION, Map.of(ScopeFacts.FACTS, original)));
        assertThat(ScopeFacts.of(scope)).isSameAs(original);

        RequestFacts changed = ScopeFacts.of(new HttpScope(
                scope.method(),
                scope.httpVersion(),
                scope.scheme(),
                "/b",
                "/b",
                scope.queryString(),
                scope.rootPath(),
                List.of(),
                scope.client(),
                scope.server(),
                scope.extensions(),
                scope.state()));
        assertThat(changed.path()).isEqualTo("/b");
        assertThat(changed.headers()).isEmpty();
        assertThat(changed.requestId()).isEqualTo("r1");
        assertThat(changed.user()).contains("ann");
    }

    private HttpScope http() {
        return FactsScope.http(facts.build(), Map.of(), Map.of());
    }
}

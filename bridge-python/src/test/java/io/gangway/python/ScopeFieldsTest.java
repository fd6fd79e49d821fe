package io.gangway.python;

import static org.assertj.core.api.Assertions.assertThat;

import io.gangway.exchange.RequestFacts;
import io.gangway.wsgi.Header;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a worker is told of a request for an ASGI application (A01-A06). */
class ScopeFieldsTest {
    private static RequestFacts.Builder facts() {
        return RequestFacts.of("req-1", "GET")
                .target("/shop/caf%C3%A9?a=%20")
                .path("/shop", "/caf\u00c3\u00a9")
                .query("a=%20")
                .server("example.org", "8080")
                .client("10.0.0.1", "4711");
    }

    @Test
    void are_in_the_order_of_the_protocol_with_headers_as_they_came() {
        RequestFacts facts = facts().headers(List.of(
                        new Header("X-Twice", "1"), new Header("Host", "example.org"), new Header("x-twice", "2")))
                .user("ann", "Basic")
                .add(Map.of("shop.colour", "blue"))
                .build();
        assertThat(ScopeFields.of("http", facts))
                .startsWith("http", "GET")
                .containsSubsequence(
                        "http",
                        "/shop/caf\u00c3\u00a9",
                        "/shop/caf%C3%A9",
                        "/shop",
                        "a=%20",
                        "10.0.0.1",
                        "4711",
                        "example.org",
                        "8080",
                        "req-1",
                        "3")
                .endsWith(
                        "x-twice",
                        "1",
                        "host",
                        "example.org",
                        "x-twice",
                        "2",
                        "remote_user",
                        "ann",
                        "auth_type",
                        "Basic",
                        "shop.colour",
                        "blue");
    }

    @Test
    @Tag("A54")
    void tell_of_the_tls_connection_in_numbers() {
        RequestFacts facts = facts().scheme("https")
                .tls(Map.of(
                        "SSL_PROTOCOL",
                        "TLSv1.3",
                        "SSL_CIPHER",
                        "TLS_AES_256_GCM_SHA384",
                        "SSL_CLIENT_CERT",
                        "-----BEGIN",
                        "SSL_CLIENT_S_DN",
                        "CN=J\u00c3\u00bcrgen"))
                .build();
        assertThat(ScopeFields.of("http", facts))
                .endsWith(
                        "tls.version",
                        "772",
                        "tls.cipher_suite",
                        "4866",
                        "tls.client_cert",
                        "-----BEGIN",
                        "tls.client_name",
                        "CN=J\u00c3\u00bcrgen");
    }

    /** A03. */
    @Test
    void have_the_host_first_in_http_2() {
        RequestFacts facts = facts().protocol("HTTP/2")
                .headers(List.of(new Header("a", "1"), new Header("Host", "example.org")))
                .build();
        List<String> fields = ScopeFields.of("http", facts);
        assertThat(fields.get(2)).isEqualTo("2");
        assertThat(fields).endsWith("2", "host", "example.org", "a", "1");
    }

    @Test
    void of_a_websocket_have_its_scheme() {
        assertThat(ScopeFields.of("websocket", facts().build()).get(3)).isEqualTo("ws");
        assertThat(ScopeFields.of("websocket", facts().scheme("https").build()).get(3))
                .isEqualTo("wss");
    }

    @Test
    void have_no_port_that_is_none() {
        List<String> fields = ScopeFields.of(
                "http",
                facts().server("example.org", "x").client("10.0.0.1", null).build());
        assertThat(fields.subList(8, 12)).containsExactly("10.0.0.1", "", "example.org", "");
    }
}

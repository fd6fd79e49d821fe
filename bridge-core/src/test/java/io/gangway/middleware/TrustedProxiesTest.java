package io.gangway.middleware;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gangway.middleware.TrustedProxies.Field;
import io.gangway.testlog.CapturedLog;
import io.gangway.wsgi.Environ;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@ParameterizedClass
@EnumSource(Way.class)
class TrustedProxiesTest {
    private final Way way;

    TrustedProxiesTest(Way way) {
        this.way = way;
    }

    private final TrustedProxies all =
            TrustedProxies.xForwarded(EnumSet.allOf(Field.class), "192.0.2.0/24", "10.0.0.0/8", "fd00::/8");
    private final TrustedProxies forwarded = TrustedProxies.forwarded("192.0.2.0/24", "10.0.0.0/8", "fd00::/8");

    private Call through(TrustedProxies proxies, Call call) {
        return way.send(call, proxies, Call.showing("REMOTE_ADDR"));
    }

    private static Call fromProxy() {
        return Call.get("/x").header("Host", "backend:8080");
    }

    @Test
    void sets_client_scheme_host_and_port_together_and_keeps_the_originals() {
        Call call = through(
                all,
                fromProxy()
                        .with("REMOTE_HOST", "proxy.internal")
                        .with("SCRIPT_NAME", "/app")
                        .header("X-Forwarded-For", "203.0.113.9")
                        .header("X-Forwarded-Proto", "https")
                        .header("X-Forwarded-Host", "shop.example")
                        .header("X-Forwarded-Prefix", "/shop/"));
        assertThat(call.environ)
                .containsEntry("REMOTE_ADDR", "203.0.113.9")
                .doesNotContainKeys("REMOTE_PORT", "REMOTE_HOST")
                .containsEntry("wsgi.url_scheme", "https")
                .containsEntry("HTTPS", "on")
                .containsEntry("HTTP_HOST", "shop.example")
                .containsEntry("SERVER_NAME", "shop.example")
                .containsEntry("SERVER_PORT", "443")
                .containsEntry("SCRIPT_NAME", "/shop/app")
                .containsEntry("gangway.proxy.remote_addr", "192.0.2.1")
                .containsEntry("gangway.proxy.remote_port", "50000")
                .containsEntry("gangway.proxy.remote_host", "proxy.internal")
                .containsEntry("gangway.proxy.url_scheme", "http")
                .containsEntry("gangway.proxy.http_host", "backend:8080")
                .containsEntry("gangway.proxy.server_name", "localhost")
                .containsEntry("gangway.proxy.server_port", "8080")
                .containsEntry("gangway.proxy.script_name", "/app");
        assertThat(call.environ.url()).isEqualTo("https://shop.example/shop/app/x");
    }

    @ParameterizedTest
    @ValueSource(strings = {"203.0.113.1", "::1", "", "unknown", "192.0.2.1.example"})
    void has_no_effect_for_anyone_else(String peer) {
        Call call = fromProxy()
                .with("REMOTE_ADDR", peer)
                .header("X-Forwarded-For", "10.9.9.9")
                .header("X-Forwarded-Proto", "https")
                .header("X-Forwarded-Host", "evil.example")
                .header("Forwarded", "for=10.9.9.9;proto=https;host=evil.example");
        TrustedProxies nobody = TrustedProxies.forwarded("198.51.100.1");
        Map<String, Object> before = new Environ(through(nobody, call).environ);
        assertThat(before).containsEntry("REMOTE_ADDR", peer).containsEntry("HTTP_HOST", "backend:8080");
        assertThat(through(all, call).environ).isEqualTo(before);
        assertThat(through(forwarded, call).environ).isEqualTo(before);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "203.0.113.9; 203.0.113.9",
                "203.0.113.9, 10.0.0.1; 203.0.113.9",
                "203.0.113.9, 10.0.0.1, fd00::2; 203.0.113.9",
                "1.1.1.1, 203.0.113.9, 10.0.0.1; 203.0.113.9",
                "garbage'\"', 203.0.113.9; 203.0.113.9",
                "10.0.0.7, 10.0.0.1; 10.0.0.7",
                "203.0.113.9:4711; 203.0.113.9",
                "2001:DB8::1; 2001:db8::1",
                "[2001:db8::1]; 2001:db8::1",
                "[2001:db8::1]:443; 2001:db8::1",
                "unknown, 10.0.0.1; -",
                "203.0.113.9, unknown; -",
                "203.0.113.9, _hidden, 10.0.0.1; -",
                ", 203.0.113.9,, ; 203.0.113.9",
            })
    void walks_x_forwarded_for_from_the_right_through_trusted_hops(String header, String client) {
        assertThat(through(all, fromProxy().header("X-Forwarded-For", header)).body())
                .isEqualTo(client + "\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "for=203.0.113.9 | 203.0.113.9",
                "FOR=\"203.0.113.9:4711\" | 203.0.113.9",
                "for=\"[2001:DB8::1]\" | 2001:db8::1",
                "for=\"[2001:db8::1]:4711\" | 2001:db8::1",
                "for=\"[2001:db8::1]:_obf\" | 2001:db8::1",
                "for=203.0.113.9;proto=http;by=10.0.0.1, for=10.0.0.1 | 203.0.113.9",
                "for=203.0.113.9, for=_hidden, for=10.0.0.1 | -",
                "for=203.0.113.9, for=unknown | -",
                "for=203.0.113.9, by=10.0.0.1 | 192.0.2.1",
                "for=1.1.1.1, for=203.0.113.9, for=10.0.0.1 | 203.0.113.9",
                "for=\"1.1.1.1, for=203.0.113.9 | 203.0.113.9",
                "for=\"1.1.1.1\\\", for=\"203.0.113.9\" | 203.0.113.9",
                "for=\"a, b\\\"\", for=203.0.113.9 | 203.0.113.9",
                "for=1.1.1.1 ; ; ;, for=203.0.113.9;ext=\"a, b; \\\"c\\\\\" | 203.0.113.9",
            })
    void walks_forwarded_from_the_right_through_trusted_hops(String header, String client) {
        assertThat(through(forwarded, fromProxy().header("Forwarded", header)).body())
                .isEqualTo(client + "\n");
    }

    @Test
    void takes_scheme_and_host_from_the_last_element_reached() {
        Call call = through(
                forwarded,
                fromProxy()
                        .header(
                                "Forwarded",
                                "for=1.1.1.1;proto=http;host=evil.example,"
                                        + " for=\"203.0.113.9:4711\";proto=HTTPS;host=\"shop.example:8443\","
                                        + " for=10.0.0.1;proto=http;host=inner"));
        assertThat(call.environ)
                .containsEntry("REMOTE_ADDR", "203.0.113.9")
                .containsEntry("REMOTE_PORT", "4711")
                .containsEntry("wsgi.url_scheme", "https")
                .containsEntry("HTTP_HOST", "shop.example:8443")
                .containsEntry("SERVER_NAME", "shop.example")
                .containsEntry("SERVER_PORT", "8443");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "garbage",
                "203.0.113.9, garbage, 10.0.0.1",
                "garbage, fd00::2",
                "example.org",
                "unix:",
                "203.0.113.9:99999",
                "[203.0.113.9]",
                "203.0.113.9 10.0.0.1",
                "fe80::1%eth0",
            })
    void a_malformed_x_forwarded_for_hides_the_client_and_spoils_nothing_else(String value) {
        Call call = through(
                all,
                fromProxy()
                        .with("REMOTE_HOST", "proxy.internal")
                        .header("X-Forwarded-For", value)
                        .header("X-Forwarded-Proto", "https")
                        .header("X-Forwarded-Host", "shop.example"));
        assertThat(call.environ)
                .doesNotContainKeys("REMOTE_ADDR", "REMOTE_PORT", "REMOTE_HOST")
                .containsEntry("gangway.proxy.remote_addr", "192.0.2.1")
                .containsEntry("wsgi.url_scheme", "https")
                .containsEntry("HTTP_HOST", "shop.example");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Proto | gopher",
                "Proto | https;q=1",
                "Host | a b",
                "Host | user@evil.example",
                "Host | evil.example/path",
                "Host | evil.example:0",
                "Host | [::1",
                "Host | [1.2.3.4]",
                "Host | <script>",
                "Port | 0",
                "Port | 65536",
                "Port | +80",
                "Port | 99999999999",
                "Prefix | //evil.example",
                "Prefix | /a/../b",
                "Prefix | relative",
                "Prefix | /a%2fb",
            })
    void ignores_a_malformed_field_alone(String field, String value) {
        Map<String, String> good = new LinkedHashMap<>(
                Map.of("Proto", "https", "Host", "shop.example", "Port", "8443", "Prefix", "/shop"));
        good.remove(field);
        Call clean = fromProxy().header("X-Forwarded-For", "203.0.113.9");
        good.forEach((name, text) -> clean.header("X-Forwarded-" + name, text));
        Call spoilt = fromProxy().header("X-Forwarded-For", "203.0.113.9");
        good.forEach((name, text) -> spoilt.header("X-Forwarded-" + name, text));
        spoilt.header("X-Forwarded-" + field, value);

        Map<String, Object> expected = new HashMap<>(through(all, clean).environ);
        Map<String, Object> found = new HashMap<>(through(all, spoilt).environ);
        assertThat(found.remove("HTTP_X_FORWARDED_" + field.toUpperCase(Locale.ROOT)))
                .isEqualTo(value);
        for (Map<String, Object> environ : List.of(expected, found)) { // each call's own streams
            environ.keySet().removeAll(List.of("wsgi.input", "wsgi.errors"));
        }
        assertThat(found).isEqualTo(expected).containsEntry("REMOTE_ADDR", "203.0.113.9");
    }

    @Test
    void an_empty_port_is_the_scheme_s() {
        Call call = through(
                all, fromProxy().header("X-Forwarded-Proto", "https").header("X-Forwarded-Host", "shop.example:"));
        assertThat(call.environ).containsEntry("HTTP_HOST", "shop.example").containsEntry("SERVER_PORT", "443");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "for=203.0.113.9;proto=gopher;host=shop.example | 203.0.113.9 | http | shop.example",
                "for=203.0.113.9;proto=https;host=\"a b\" | 203.0.113.9 | https | backend:8080",
                "for=example.org;proto=https;host=shop.example | - | https | shop.example",
                "for=203.0.113.9, for=garbage;proto=https;host=shop.example, for=10.0.0.1 | - | https | shop.example",
            })
    void ignores_a_malformed_parameter_of_forwarded_alone(String value, String client, String scheme, String host) {
        Call call = through(forwarded, fromProxy().header("Forwarded", value));
        assertThat(call.body()).isEqualTo(client + "\n");
        assertThat(call.environ).containsEntry("wsgi.url_scheme", scheme).containsEntry("HTTP_HOST", host);
    }

    /** In such an element, the proxy's values cannot be told from values that it repeated from the client. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "for=203.0.113.9;for=203.0.113.8;proto=https;host=shop.example",
                "for=203.0.113.9:80;proto=https;host=shop.example",
                "for=[2001:db8::1];proto=https;host=shop.example",
                "for=203.0.113.9;host=shop.example;proto=https\"",
                "for=203.0.113.9 proto=https",
                "203.0.113.9",
                "for=\"203.0.113.9\\\";proto=https",
                "host=x;for=9.9.9.9;b=\";for=203.0.113.9",
                "for=203.0.113.9, for=1.1.1.1=;proto=https;host=shop.example, for=10.0.0.1;proto=https;host=inner.example",
            })
    void a_forwarded_element_that_cannot_be_read_hides_the_client_and_says_nothing(String value) {
        Call call = through(forwarded, fromProxy().header("Forwarded", value));
        assertThat(call.environ)
                .doesNotContainKeys("REMOTE_ADDR", "REMOTE_PORT", "HTTPS")
                .containsEntry("gangway.proxy.remote_addr", "192.0.2.1")
                .containsEntry("wsgi.url_scheme", "http")
                .containsEntry("HTTP_HOST", "backend:8080");
    }

    @Test
    void warns_once_of_each_malformed_field() {
        TrustedProxies fresh = TrustedProxies.xForwarded(Set.of(Field.FOR, Field.PROTO), "192.0.2.0/24");
        try (CapturedLog log = new CapturedLog("io.gangway.middleware")) {
            for (String scheme : List.of("gopher\n", "ftp")) {
                through(fresh, fromProxy().header("X-Forwarded-Proto", scheme));
            }
            through(fresh, fromProxy().header("X-Forwarded-For", "unix:").header("X-Forwarded-Proto", "https"));
            assertThat(log.entries())
                    .containsExactly(
                            "WARNING X-Forwarded-Proto in a request from the trusted proxy 192.0.2.1 is ignored: expected http or"
                                    + " https; found \"gopher\". Fix: let the proxy set or overwrite the field on every request,"
                                    + " or do not trust it (gangway.trusted-headers). Further ones are logged at level DEBUG",
                            "WARNING X-Forwarded-For in a request from the trusted proxy 192.0.2.1 is ignored: expected an IP"
                                    + " address, perhaps with a port, or unknown; found \"unix:\". Fix: let the proxy set or"
                                    + " overwrite the field on every request, or do not trust it (gangway.trusted-headers)."
                                    + " Further ones are logged at level DEBUG");
        }
    }

    @Test
    void a_hostile_forwarded_costs_no_stack() {
        String hostile = "for=203.0.113.9;x=\"" + "\\a".repeat(100_000) + "\"";
        Call call = through(forwarded, fromProxy().header("Forwarded", hostile));
        assertThat(call.problem()).isNull();
        assertThat(call.body()).isEqualTo("-\n");
    }

    @Test
    void does_not_let_the_other_style_or_an_unnamed_field_through_from_the_client() {
        TrustedProxies onlyFor = TrustedProxies.xForwarded(Set.of(Field.FOR), "192.0.2.0/24");
        Call call = through(
                onlyFor,
                fromProxy()
                        .header("X-Forwarded-For", "203.0.113.9")
                        .header("X-Forwarded-Proto", "https")
                        .header("X-Forwarded-Host", "evil.example")
                        .header("X-Forwarded-Prefix", "/evil")
                        .header("Forwarded", "for=1.1.1.1;proto=https;host=evil.example"));
        assertThat(call.environ)
                .containsEntry("REMOTE_ADDR", "203.0.113.9")
                .containsEntry("wsgi.url_scheme", "http")
                .containsEntry("HTTP_HOST", "backend:8080")
                .containsEntry("SERVER_PORT", "8080")
                .containsEntry("SCRIPT_NAME", "");

        Call other = through(forwarded, fromProxy().header("X-Forwarded-For", "203.0.113.9"));
        assertThat(other.body()).isEqualTo("192.0.2.1\n");
    }

    @Test
    void takes_the_nearest_proxy_s_value_of_a_list() {
        Call call = through(all, fromProxy().header("X-Forwarded-Proto", "https, http"));
        assertThat(call.environ).containsEntry("wsgi.url_scheme", "http").doesNotContainKey("HTTPS");
    }

    @ParameterizedTest
    @CsvSource({
        "https, , , shop.example, shop.example, 443",
        "http, , , shop.example, shop.example, 80",
        "https, , , shop.example:8443, shop.example:8443, 8443",
        "https, , 8443, shop.example, shop.example:8443, 8443",
        "https, , 443, shop.example:8080, shop.example, 443",
        "https, '[2001:db8::1]:444', , backend, '[2001:db8::1]:444', 444",
        ", , 8443, backend, backend:8443, 8443",
        ", new.example, , backend:8080, new.example, 80",
    })
    void makes_host_and_port_agree(
            String proto, String host, String port, String sent, String expected, String expectedPort) {
        Call call = Call.get("/").header("Host", sent);
        header(call, "X-Forwarded-Proto", proto);
        header(call, "X-Forwarded-Host", host);
        header(call, "X-Forwarded-Port", port);
        assertThat(through(all, call).environ)
                .containsEntry("HTTP_HOST", expected)
                .containsEntry("SERVER_PORT", expectedPort);
    }

    private static void header(Call call, String name, String value) {
        if (value != null) {
            call.header(name, value);
        }
    }

    @Test
    void refuses_an_empty_list_of_networks_or_fields() {
        assertThatThrownBy(() -> TrustedProxies.forwarded())
                .hasMessage("expected at least one network to trust, such as 10.0.0.0/8; found none. Fix: name the"
                        + " proxies' addresses, or leave the middleware out if there is no proxy");
        assertThatThrownBy(() -> TrustedProxies.xForwarded(Set.of(), "::1"))
                .hasMessage(
                        "expected the fields that the proxies set, such as FOR and PROTO; found none. Fix: name them,"
                                + " or leave the middleware out if the proxies set none");
    }
}

package io.gangway.wsgi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EnvironTest {
    private final Environ environ = new Environ(Map.of(
            "REQUEST_METHOD",
            "GET",
            "SCRIPT_NAME",
            "/shop",
            "PATH_INFO",
            "/caf\u00c3\u00a9",
            "QUERY_STRING",
            "q=%C3%A9",
            "SERVER_NAME",
            "internal",
            "SERVER_PORT",
            "8080",
            "wsgi.url_scheme",
            "http",
            "gangway.request_id",
            "r1"));

    @Test
    void has_an_accessor_for_what_is_asked_most() {
        InputStream input = InputStream.nullInputStream();
        PrintWriter errors = new PrintWriter(new StringWriter());
        FileWrapper.Factory factory = FileWrapper::new;
        environ.put("wsgi.input", input);
        environ.put("wsgi.errors", errors);
        environ.put("wsgi.file_wrapper", factory);

        assertThat(environ.method()).isEqualTo("GET");
        assertThat(environ.scriptName()).isEqualTo("/shop");
        assertThat(environ.pathInfo()).isEqualTo("/caf\u00c3\u00a9");
        assertThat(environ.pathInfoUtf8()).isEqualTo("/café");
        assertThat(environ.queryString()).isEqualTo("q=%C3%A9");
        assertThat(environ.scheme()).isEqualTo("http");
        assertThat(environ.requestId()).isEqualTo("r1");
        assertThat(environ.input()).isSameAs(input);
        assertThat(environ.errors()).isSameAs(errors);
        assertThat(environ.fileWrapper()).isSameAs(factory);
    }

    @Test
    void replaces_bytes_that_are_not_utf_8() {
        environ.put("PATH_INFO", "/\u00ff");
        assertThat(environ.pathInfoUtf8()).isEqualTo("/\ufffd");
    }

    @ParameterizedTest
    @CsvSource({
        "X-Id, HTTP_X_ID",
        "accept, HTTP_ACCEPT",
        "Content-Type, CONTENT_TYPE",
        "content-length, CONTENT_LENGTH",
        "Content-Typed, HTTP_CONTENT_TYPED",
        "if-none-match, HTTP_IF_NONE_MATCH"
    })
    void finds_a_header_under_its_key(String name, String key) {
        assertThat(Environ.headerKey(name)).isEqualTo(key);
        assertThat(environ.header(name)).isEmpty();
        environ.put(key, "");
        assertThat(environ.header(name)).hasValue("");
    }

    @Test
    void reads_a_length_of_any_size() {
        assertThat(environ.contentLength()).isEmpty();
        environ.put("CONTENT_LENGTH", "9223372036854775807");
        assertThat(environ.contentLength()).hasValue(Long.MAX_VALUE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-5", "+5", "5, 5", "0x5", "\u0665", "-9223372036854775808", "9223372036854775808"})
    void takes_nothing_else_for_a_length(String text) {
        environ.put("CONTENT_LENGTH", text);
        assertThatThrownBy(environ::contentLength)
                .isInstanceOf(ServerViolation.class)
                .hasMessageStartingWith(
                        "W14, environ[\"CONTENT_LENGTH\"]: expected decimal digits that fit 64 bits; found \"")
                .hasMessageEndingWith("Fix: refuse the request with 400, or leave the key out");
    }

    @Test
    void says_which_key_was_removed_or_replaced() {
        environ.remove("REQUEST_METHOD");
        assertThatThrownBy(environ::method)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("environ[\"REQUEST_METHOD\"]: expected a value of type String; found no such key."
                        + " Fix: correct the middleware or application that removed or replaced it");
        environ.put("wsgi.input", "text");
        assertThatThrownBy(environ::input)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("environ[\"wsgi.input\"]: expected a value of type InputStream; found java.lang.String."
                        + " Fix: correct the middleware or application that removed or replaced it");
    }

    @Test
    @SuppressWarnings("NullAway") // the mistake under test
    void holds_no_null() {
        assertThatThrownBy(() -> environ.put("shop.cart", null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("shop.cart");
    }

    @Test
    void is_a_map_that_can_be_changed_and_copied() {
        Environ copy = new Environ(environ);
        assertThat(copy).isEqualTo(environ).hasSize(8);
        copy.put("shop.cart", 3);
        assertThat(copy.remove("PATH_INFO")).isEqualTo("/caf\u00c3\u00a9");
        copy.keySet().removeIf(key -> key.startsWith("SERVER_"));
        assertThat(copy).hasSize(6).containsEntry("shop.cart", 3).doesNotContainKey("SERVER_NAME");
        assertThat(environ).hasSize(8);
        copy.clear();
        assertThat(copy).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "http, internal, 80, , http://internal",
        "http, internal, 8080, , http://internal:8080",
        "http, internal, 443, , http://internal:443",
        "https, internal, 443, , https://internal",
        "https, internal, 80, , https://internal:80",
        "http, [2001:db8::1], 80, , http://[2001:db8::1]",
        "http, [::1], 8080, , http://[::1]:8080",
        "https, internal, 8443, shop.example, https://shop.example",
        "https, internal, 8443, shop.example:444, https://shop.example:444",
        "http, internal, 8080, '', http://internal:8080"
    })
    void reconstructs_the_host(String scheme, String name, String port, String host, String url) {
        environ.put("wsgi.url_scheme", scheme);
        environ.put("SERVER_NAME", name);
        environ.put("SERVER_PORT", port);
        if (host != null) {
            environ.put("HTTP_HOST", host);
        }
        assertThat(environ.applicationUrl()).isEqualTo(url + "/shop");
        assertThat(environ.url()).isEqualTo(url + "/shop/caf%C3%A9?q=%C3%A9");
    }

    @ParameterizedTest
    @CsvSource({
        "'', /, '', /",
        "/a b, '', '', /a%20b",
        "/caf\u00c3\u00a9, /\u00ff, '', /caf%C3%A9/%FF",
        "'', /%3F?#[], '', /%253F%3F%23%5B%5D",
        "'', //x;v=1/@:!$&'()*+, '', //x;v=1/@:!$&'()*+",
        "'', /-._~, a=b?c, /-._~?a=b?c"
    })
    void encodes_paths_but_not_the_query(String script, String path, String query, String url) {
        environ.put("SCRIPT_NAME", script);
        environ.put("PATH_INFO", path);
        environ.put("QUERY_STRING", query);
        assertThat(environ.url()).isEqualTo("http://internal:8080" + url);
    }

    @Test
    void knows_the_version() {
        assertThat(Environ.WsgiVersion.CURRENT).isEqualTo(new Environ.WsgiVersion(1, 0));
    }
}

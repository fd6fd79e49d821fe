package io.gangway.testing;

import static io.gangway.testing.Apps.answering;
import static io.gangway.testing.Apps.failing;
import static io.gangway.testing.Apps.telling;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gangway.exchange.Outcome.Ending;
import io.gangway.wsgi.Environ;
import io.gangway.wsgi.GatewayApplication;
import io.gangway.wsgi.Header;
import io.gangway.wsgi.RuleViolation;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TestClientTest {
    private static String told(GatewayApplication application, String target) {
        return TestClient.of(application).get(target).send().text();
    }

    @Test
    void makes_a_whole_environ() {
        Map<String, Object> seen = new TreeMap<>();
        TestClient client = TestClient.of((environ, startResponse) -> {
            seen.putAll(environ);
            startResponse.start("204 No Content", List.of());
            return List.of();
        });

        assertThat(client.get("/a?b=c").send().code()).isEqualTo(204);

        assertThat(seen.keySet())
                .containsExactlyInAnyOrder(
                        "REQUEST_METHOD",
                        "SCRIPT_NAME",
                        "PATH_INFO",
                        "QUERY_STRING",
                        "SERVER_NAME",
                        "SERVER_PORT",
                        "SERVER_PROTOCOL",
                        "SERVER_SOFTWARE",
                        "RAW_URI",
                        "REQUEST_URI",
                        "REMOTE_ADDR",
                        "REMOTE_PORT",
                        "HTTP_HOST",
                        "wsgi.version",
                        "wsgi.url_scheme",
                        "wsgi.input",
                        "wsgi.errors",
                        "wsgi.multithread",
                        "wsgi.multiprocess",
                        "wsgi.run_once",
                        "wsgi.input_terminated",
                        "wsgi.file_wrapper",
                        "gangway.request_id");
        assertThat(seen)
                .containsEntry("REQUEST_METHOD", "GET")
                .containsEntry("SCRIPT_NAME", "")
                .containsEntry("PATH_INFO", "/a")
                .containsEntry("QUERY_STRING", "b=c")
                .containsEntry("RAW_URI", "/a?b=c")
                .containsEntry("REQUEST_URI", "/a?b=c")
                .containsEntry("SERVER_NAME", "testserver")
                .containsEntry("SERVER_PORT", "80")
                .containsEntry("SERVER_PROTOCOL", "HTTP/1.1")
                .containsEntry("REMOTE_ADDR", "127.0.0.1")
                .containsEntry("HTTP_HOST", "testserver")
                .containsEntry("wsgi.url_scheme", "http")
                .containsEntry("gangway.request_id", "test-1");
    }

    @Test
    void decodes_the_path_to_bytes_as_chars() {
        assertThat(told(telling(Environ::pathInfo), "/caf%C3%A9%2Fx;v=1")).isEqualTo("/caf\u00c3\u00a9/x;v=1");
        assertThat(told(telling(Environ::pathInfoUtf8), "/caf%C3%A9")).isEqualTo("/café");
        assertThat(told(telling(Environ::queryString), "/x?q=%C3%A9&r=?")).isEqualTo("q=%C3%A9&r=?");
        assertThat(told(telling(Environ::url), "/caf%C3%A9?q=1")).isEqualTo("http://testserver/caf%C3%A9?q=1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "*", "/a b", "/é", "/a#b", "/%zz", "/%4", "ftp://host/", "/a\nb", "http:///x"})
    void refuses_a_target_that_no_client_could_send(String target) {
        TestClient client = TestClient.of(failing());
        assertThatThrownBy(() -> client.get(target))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("The target should be a path such as /search?q=caf%C3%A9 or an http(s) URL,"
                        + " percent-encoded and without a fragment, not \"");
    }

    @Test
    void takes_host_port_and_tls_from_a_whole_url() {
        GatewayApplication app = telling(environ -> environ.string("SERVER_NAME") + " " + environ.string("SERVER_PORT")
                + " " + environ.get("HTTPS") + " " + environ.url());
        assertThat(told(app, "https://shop.example/a")).isEqualTo("shop.example 443 on https://shop.example/a");
        assertThat(told(app, "http://[::1]:8080?q")).isEqualTo("[::1] 8080 null http://[::1]:8080/?q");
    }

    @Test
    void mounts_the_application() {
        TestClient client = TestClient.of(telling(environ -> environ.scriptName() + "|" + environ.pathInfo()))
                .mountedAt("/sh%20op");
        assertThat(client.get("/sh%20op/items").send().text()).isEqualTo("/sh op|/items");
        assertThat(client.get("/sh%20op").send().text()).isEqualTo("/sh op|");
        assertThatThrownBy(() -> client.get("/sh%20opping").send())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The application is mounted at /sh op and does not get requests for /sh%20opping."
                        + " Fix: begin the target with /sh op");
        assertThatThrownBy(() -> client.mountedAt("/shop/"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not end with one");
    }

    @Test
    void sends_headers_as_a_server_passes_them_on() {
        GatewayApplication app = telling(environ -> new TreeMap<>(environ)
                .entrySet().stream()
                        .filter(entry -> entry.getKey().startsWith("HTTP_"))
                        .toList());
        String text = TestClient.of(app)
                .withHeader("X-All", "every")
                .get("/")
                .header("X-Id", "1")
                .header("x-id", "2")
                .header("Cookie", "a=1")
                .header("Cookie", "b=2")
                .header("X_Id", "posing")
                .header("Proxy", "evil")
                .header("X-Empty", "")
                .header("Host", "other:81")
                .send()
                .text();
        assertThat(text)
                .isEqualTo(
                        "[HTTP_COOKIE=a=1; b=2, HTTP_HOST=other:81, HTTP_X_ALL=every, HTTP_X_EMPTY=, HTTP_X_ID=1,2]");
    }

    @Test
    void refuses_headers_and_methods_that_no_client_could_send() {
        TestClient client = TestClient.of(failing());
        assertThatThrownBy(() -> client.get("/").header("X", "a\r\nb"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The value of request header \"X\" should be ISO-8859-1 text without control characters,"
                        + " not \"a\\r\\nb\"");
        assertThatThrownBy(() -> client.get("/").header("a b", ""))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("A request header's name should be a token (RFC 9110, section 5.6.2), not \"a b\"");
        assertThatThrownBy(() -> client.request("", "/"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("A method should be a token (RFC 9110, section 5.6.2), not \"\"");
    }

    @Test
    void sets_extra_keys_last() {
        TestClient client = TestClient.of(
                        telling(environ -> environ.string("REMOTE_USER") + environ.string("SERVER_PROTOCOL")))
                .withEnviron("REMOTE_USER", "ada");
        assertThat(client.get("/").environ("SERVER_PROTOCOL", "HTTP/2").send().text())
                .isEqualTo("adaHTTP/2");
    }

    @Test
    void throws_what_made_the_application_fail() {
        assertThatThrownBy(() -> TestClient.of(failing()).get("/a?b").send())
                .isInstanceOf(ApplicationFailedException.class)
                .hasMessage(
                        "GET http://testserver/a?b made the application fail with java.lang.IllegalStateException: boom."
                                + " A client gets a 500; use TestClient.withErrorPages() to test for that")
                .cause()
                .hasMessage("boom");
    }

    @Test
    void shows_the_error_page_of_a_server_on_demand() {
        TestResponse response =
                TestClient.of(failing()).withErrorPages().get("/").send();
        assertThat(response.code()).isEqualTo(500);
        assertThat(response.text()).isEqualTo("500 Internal Server Error\nRequest id: test-1\n");
        assertThat(response.outcome().ending()).isEqualTo(Ending.REPLACED);
        assertThat(response.outcome().problem()).hasMessage("boom");
    }

    @Test
    void keeps_what_came_before_the_connection_broke() {
        TestResponse response = TestClient.of((environ, startResponse) -> {
                    startResponse.start("200 OK", List.of()).write("half".getBytes(UTF_8));
                    throw new IllegalStateException("boom");
                })
                .withErrorPages()
                .get("/")
                .send();
        assertThat(response.text()).isEqualTo("half");
        assertThat(response.outcome().ending()).isEqualTo(Ending.BROKEN);
    }

    @Test
    void lints_the_application_unless_asked_not_to() {
        TestClient client = TestClient.of(answering("204 No Content")).withEnviron("REMOTE_USER", 5);
        assertThatThrownBy(() -> client.get("/").send())
                .isInstanceOf(ApplicationFailedException.class)
                .cause()
                .isInstanceOfSatisfying(
                        RuleViolation.class, e -> assertThat(e.rule()).isEqualTo("W20"));
        assertThat(client.unlinted().get("/").send().code()).isEqualTo(204);
    }

    @Test
    void collects_the_lines_of_the_error_stream() {
        TestResponse response = TestClient.of((environ, startResponse) -> {
                    environ.errors().println("first");
                    environ.errors().print("second ☃");
                    startResponse.start("204 No Content", List.of());
                    return List.of();
                })
                .get("/")
                .send();
        assertThat(response.errors()).containsExactly("first", "second ☃");
    }

    @Test
    void reads_text_in_the_charset_of_the_content_type() {
        GatewayApplication app = (environ, startResponse) -> {
            startResponse.start("200 OK", List.of(new Header("Content-Type", environ.queryString())));
            return List.of("é".getBytes(ISO_8859_1));
        };
        TestClient client = TestClient.of(app);
        assertThat(client.get("/?text/plain;Charset=\"iso-8859-1\"").send().text())
                .isEqualTo("é");
        assertThat(client.get("/?text/plain").send().text()).isEqualTo("\ufffd");
    }

    @Test
    void returns_status_and_headers() {
        TestResponse response = TestClient.of(answering(
                        "404 Gone Fishing", new Header("X-A", "1"), new Header("x-a", "2"), new Header("X-B", "")))
                .get("/x")
                .send();
        assertThat(response.code()).isEqualTo(404);
        assertThat(response.reason()).isEqualTo("Gone Fishing");
        assertThat(response.header("X-a")).hasValue("1");
        assertThat(response.headers("X-a")).containsExactly("1", "2");
        assertThat(response.header("X-C")).isEmpty();
        assertThat(response.headers()).extracting(Header::name).containsExactly("X-A", "x-a", "X-B", "Content-Length");
        assertThat(response).hasToString("404 Gone Fishing from http://testserver/x: ");
        assertThat(response.bytes()).isEmpty();
    }

    @Test
    void has_a_shortcut_for_each_usual_method() {
        TestClient client = TestClient.of(answering("204 No Content"));
        TestClient telling = TestClient.of((environ, startResponse) -> {
            startResponse.start(
                    "200 OK", List.of(new Header("Content-Type", "text/plain"), new Header("X-M", environ.method())));
            return List.of();
        });
        assertThat(client.get("/").send().code()).isEqualTo(204);
        assertThat(telling.head("/").send().header("X-M")).hasValue("HEAD");
        assertThat(telling.post("/").send().header("X-M")).hasValue("POST");
        assertThat(telling.put("/").send().header("X-M")).hasValue("PUT");
        assertThat(telling.delete("/").send().header("X-M")).hasValue("DELETE");
        assertThat(telling.request("PROPFIND", "/").send().header("X-M")).hasValue("PROPFIND");
    }
}

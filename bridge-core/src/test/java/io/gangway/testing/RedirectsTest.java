package io.gangway.testing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gangway.wsgi.GatewayApplication;
import io.gangway.wsgi.Header;
import java.io.ByteArrayInputStream;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RedirectsTest {
    /** Answers /CODE/LOCATION with a redirect, and any other request with a description of that request. */
    private static final GatewayApplication APP = (environ, startResponse) -> {
        String path = environ.pathInfo();
        if (path.matches("/dir/3\\d\\d")) {
            startResponse.start(
                    path.substring(5) + " Elsewhere",
                    List.of(
                            new Header("Content-Type", "text/plain"),
                            new Header("Location", environ.header("X-To").orElseThrow()),
                            new Header("Set-Cookie", "went=1; Path=/")));
            return List.of();
        }
        String text = environ.method() + " " + environ.url() + " "
                + environ.header("Cookie").orElse("-") + " "
                + environ.header("Content-Type").orElse("-") + " "
                + new String(environ.input().readAllBytes(), UTF_8);
        startResponse.start("200 OK", List.of(new Header("Content-Type", "text/plain; charset=utf-8")));
        return List.of(text.getBytes(UTF_8));
    };

    private final TestClient client = TestClient.of(APP).followingRedirects();

    @ParameterizedTest
    @CsvSource({
        "301, POST, GET",
        "302, POST, GET",
        "303, POST, GET",
        "303, PUT, GET",
        "301, PUT, PUT",
        "302, PUT, PUT",
        "307, POST, POST",
        "308, PUT, PUT"
    })
    void follows_as_browsers_do(int code, String method, String then) {
        TestResponse response = client.request(method, "/dir/" + code)
                .header("X-To", "/done?x=1#part")
                .json("{}")
                .send();
        assertThat(response.text())
                .isEqualTo(then + " http://testserver/done?x=1 went=1 "
                        + (then.equals("GET") ? "- " : "application/json {}"));
        assertThat(response.url()).isEqualTo("http://testserver/done?x=1");
    }

    @ParameterizedTest
    @CsvSource({
        "next, http://testserver/dir/next",
        "../up, http://testserver/up",
        "/a%2Fb, http://testserver/a%2Fb",
        "http://testserver/whole, http://testserver/whole",
        "//testserver/host, http://testserver/host",
    })
    void resolves_the_location(String location, String url) {
        assertThat(client.get("/dir/302").header("X-To", location).send().url()).isEqualTo(url);
    }

    @Test
    void resolves_a_query_against_the_whole_path() {
        assertThatThrownBy(
                        () -> client.get("/dir/302").header("X-To", "?page=2").send())
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("The application redirected more than 20 times, last from"
                        + " http://testserver/dir/302?page=2 to http://testserver/dir/302?page=2."
                        + " Fix: end the redirect loop");
    }

    @Test
    void stops_where_the_redirect_leaves_the_application() {
        assertThat(client.get("/dir/302")
                        .header("X-To", "https://testserver/")
                        .send()
                        .code())
                .isEqualTo(302);
        assertThat(client.get("/dir/302")
                        .header("X-To", "http://other.example/")
                        .send()
                        .code())
                .isEqualTo(302);
        assertThat(client.mountedAt("/app")
                        .get("/app/dir/302")
                        .header("X-To", "/other")
                        .send()
                        .code())
                .isEqualTo(302);
        assertThat(client.get("/dir/304").header("X-To", "/").send().code()).isEqualTo(304);
    }

    @Test
    void follows_nothing_unless_asked() {
        assertThat(TestClient.of(APP).get("/dir/302").header("X-To", "/").send().code())
                .isEqualTo(302);
    }

    @Test
    void cannot_send_a_stream_twice() {
        assertThatThrownBy(() -> client.post("/dir/307")
                        .header("X-To", "/again")
                        .body(new ByteArrayInputStream(new byte[0]), "text/plain")
                        .send())
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(
                        "The redirect to http://testserver/again needs the request's body again, which was a stream. Fix:"
                                + " send bytes, or do not follow redirects");
    }

    @Test
    void says_which_location_is_no_url() {
        assertThatThrownBy(() -> client.get("/dir/302").header("X-To", "/a b").send())
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("The application redirects to \"/a b\", which is not a URL. Fix: percent-encode it");
    }
}

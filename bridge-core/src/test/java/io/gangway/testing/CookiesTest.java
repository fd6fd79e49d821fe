package io.gangway.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.gangway.wsgi.Environ;
import io.gangway.wsgi.GatewayApplication;
import io.gangway.wsgi.Header;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class CookiesTest {
    private static final Instant START = Instant.parse("2026-11-22T08:00:00Z");

    private final AtomicReference<Instant> now = new AtomicReference<>(START);

    /** Sets the cookies of the X-Set header, and answers with the cookies that it received. */
    private final GatewayApplication app = (environ, startResponse) -> {
        List<Header> headers = environ.header("X-Set").stream()
                .map(cookie -> new Header("Set-Cookie", cookie))
                .toList();
        startResponse.start(
                "200 OK",
                Stream.concat(headers.stream(), Stream.of(new Header("Content-Type", "text/plain")))
                        .toList());
        return List.of(environ.header("Cookie").orElse("none").getBytes(StandardCharsets.ISO_8859_1));
    };

    private final TestClient client = TestClient.of(app, now::get);

    private TestResponse set(String path, String cookie) {
        return client.get(path).header("X-Set", cookie).send();
    }

    private String sent(String path) {
        return client.get(path).send().text();
    }

    @Test
    void keeps_cookies_from_call_to_call() {
        TestResponse response = set("/", "id=\"a b\"; HttpOnly; SameSite=Lax; Domain=elsewhere.example; Secure");
        assertThat(sent("/x")).isEqualTo("id=\"a b\"");
        assertThat(client.cookie("id")).hasValue("\"a b\"");
        ResponseCookie cookie = response.cookie("id").orElseThrow();
        assertThat(cookie.value()).isEqualTo("\"a b\"");
        assertThat(cookie.attribute("samesite")).hasValue("Lax");
        assertThat(cookie.attribute("HttpOnly")).hasValue("");
        assertThat(cookie.attribute("Path")).isEmpty();
    }

    @Test
    void replaces_a_cookie_of_the_same_name_and_path() {
        set("/", "id=1");
        set("/", "id=2");
        assertThat(sent("/")).isEqualTo("id=2");
    }

    @Test
    void sends_a_cookie_below_its_path_only_and_longer_paths_first() {
        set("/", "a=1; Path=/");
        set("/", "b=2; Path=/shop");
        assertThat(sent("/shop")).isEqualTo("b=2; a=1");
        assertThat(sent("/shop/x")).isEqualTo("b=2; a=1");
        assertThat(sent("/shopping")).isEqualTo("a=1");
    }

    @Test
    void takes_the_directory_of_the_request_where_no_path_is_given() {
        set("/shop/cart", "a=1");
        set("/top", "b=2; Path=relative");
        assertThat(sent("/shop/pay")).isEqualTo("a=1; b=2");
        assertThat(sent("/")).isEqualTo("b=2");
    }

    @Test
    void forgets_a_cookie_when_it_expires() {
        set("/", "age=1; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT");
        set("/", "date=2; Expires=Sun, 22-Nov-2026 08:02:00 GMT");
        set("/", "odd=3; Expires=whenever; Max-Age=soon");
        assertThat(sent("/")).isEqualTo("age=1; date=2; odd=3");
        now.set(START.plusSeconds(60));
        assertThat(client.cookie("age")).isEmpty();
        assertThat(sent("/")).isEqualTo("date=2; odd=3");
        now.set(START.plusSeconds(120));
        assertThat(sent("/")).isEqualTo("odd=3");
    }

    @Test
    void deletes_a_cookie_on_demand() {
        set("/", "a=1");
        set("/", "b=2");
        set("/", "a=; Max-Age=0");
        set("/", "b=; Expires=Thu, 01 Jan 1970 00:00:00 GMT");
        assertThat(sent("/")).isEqualTo("none");
    }

    @Test
    void ignores_a_cookie_without_a_name() {
        assertThat(set("/", "=x; Path=/").cookies()).isEmpty();
        assertThat(set("/", "x").cookies()).isEmpty();
        assertThat(sent("/")).isEqualTo("none");
    }

    @Test
    void lasts_as_long_as_an_endless_age_says() {
        set("/", "a=1; Max-Age=999999999999999999");
        now.set(START.plusSeconds(1L << 33));
        assertThat(sent("/")).isEqualTo("a=1");
    }

    @Test
    void can_be_set_and_cleared_by_the_test_and_is_shared_by_configured_clients() {
        client.setCookie("a", "1");
        TestClient configured = client.withHeader("X-A", "b").followingRedirects();
        assertThat(configured.get("/").header("Cookie", "b=2").send().text()).isEqualTo("a=1; b=2");
        configured.clearCookies();
        assertThat(sent("/")).isEqualTo("none");
    }

    @Test
    void are_kept_from_a_streamed_response_as_soon_as_its_head_is_there() {
        try (StreamedResponse response = client.get("/").header("X-Set", "a=1").open()) {
            assertThat(response.code()).isEqualTo(200);
            assertThat(client.cookie("a")).hasValue("1");
            assertThat(response.cookies()).hasSize(1);
        }
    }

    @Test
    void arrive_as_one_header() {
        client.setCookie("a", "1").setCookie("b", "2");
        TestClient telling = TestClient.of(Apps.telling(environ -> environ.get(Environ.headerKey("Cookie"))));
        telling.setCookie("a", "1").setCookie("b", "2");
        assertThat(telling.get("/").send().text()).isEqualTo("a=1; b=2");
    }
}

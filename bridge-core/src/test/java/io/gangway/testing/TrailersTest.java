package io.gangway.testing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.gangway.asgi.AsgiApplication;
import io.gangway.asgi.HttpEvent;
import io.gangway.wsgi.Header;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A test client shows the trailers of an ASGI application (A52). */
@Timeout(20)
class TrailersTest {
    private static final Header SUM = new Header("x-sum", "3");

    private static final AsgiApplication SUMMED =
            (scope, receive, send) -> send.send(new HttpEvent.ResponseStart(200, List.of(), true))
                    .thenCompose(started -> send.send(new HttpEvent.ResponseBody("abc".getBytes(UTF_8))))
                    .thenCompose(sent -> send.send(new HttpEvent.ResponseTrailers(List.of(SUM))));

    private final TestClient client = TestClient.of(SUMMED);

    @Test
    void to_a_request_that_takes_them() {
        TestResponse response = client.get("/").header("TE", "trailers").send();
        assertThat(response.text()).isEqualTo("abc");
        assertThat(response.trailers()).containsExactly(SUM);
        assertThat(client.get("/").send().trailers()).isEmpty();
    }

    @Test
    void behind_the_last_block() {
        try (StreamedResponse response =
                client.get("/").header("TE", "trailers").open()) {
            assertThat(response.next()).hasValue("abc".getBytes(UTF_8));
            assertThat(response.next()).isEmpty();
            assertThat(response.trailers()).containsExactly(SUM);
        }
    }
}

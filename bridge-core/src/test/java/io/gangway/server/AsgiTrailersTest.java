package io.gangway.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gangway.asgi.HttpEvent;
import io.gangway.asgi.HttpScope;
import io.gangway.exchange.Outcome.Ending;
import io.gangway.exchange.RequestFacts;
import io.gangway.wsgi.ApplicationViolation;
import io.gangway.wsgi.Header;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Trailers of an ASGI function (A52). */
@SuppressWarnings("FutureReturnValueIgnored") // what they bring is in the log
class AsgiTrailersTest {
    private static final Header SUM = new Header("x-sum", "3");

    private final AsgiRig rig = new AsgiRig();

    private void serve(String... te) {
        List<Header> headers =
                List.of(te).stream().map(value -> new Header("te", value)).toList();
        rig.serve(RequestFacts.of("r1", "GET").headers(headers).build());
    }

    private CompletableFuture<Void> start() {
        return rig.send(new HttpEvent.ResponseStart(200, List.of(), true));
    }

    private CompletableFuture<Void> trailers(boolean moreTrailers, Header... fields) {
        return rig.send(new HttpEvent.ResponseTrailers(List.of(fields), moreTrailers));
    }

    @Test
    @Tag("A52")
    void trailers_of_all_events_come_with_the_end() {
        serve("gzip, Trailers");
        assertThat(((HttpScope) rig.scope()).extensions()).containsKey("http.response.trailers");
        start();
        rig.body("abc", false);
        assertThat(rig.log).containsExactly("head 200 OK Content-Length=3", "flush abc");
        assertThat(trailers(true, SUM)).isCompleted();
        assertThat(rig.ended).isEmpty();
        assertThat(trailers(false, new Header("x-b", "4"))).isCompleted();
        assertThat(rig.log.subList(2, 4)).containsExactly("trailers x-sum=3 x-b=4", "end COMPLETE");
        assertThat(trailers(false, SUM)).isCompleted(); // ignored
        rig.returned.complete(null);
        assertThat(rig.outcome().problem()).isNull();
    }

    @Test
    @Tag("A52")
    void a_client_that_does_not_take_them_gets_none() {
        for (String[] te : new String[][] {{}, {"deflate;q=0.5"}, {"xtrailers"}}) {
            AsgiTrailersTest other = new AsgiTrailersTest();
            other.serve(te);
            other.start();
            other.rig.body("abc", false);
            other.trailers(false, SUM);
            assertThat(other.rig.log).containsExactly("head 200 OK Content-Length=3", "flush abc", "end COMPLETE");
        }
    }

    @Test
    @Tag("A52")
    void trailers_may_follow_an_empty_body() {
        serve("trailers");
        start();
        rig.body("", false);
        trailers(false, SUM);
        assertThat(rig.log).containsExactly("head 200 OK Content-Length=0", "trailers x-sum=3", "end COMPLETE");
    }

    @Test
    @Tag("A51")
    @Tag("A52")
    void trailers_may_follow_a_file(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "content");
        serve("trailers");
        start();
        assertThat(rig.send(new HttpEvent.PathSend(file))).isCompleted();
        trailers(false, SUM);
        assertThat(rig.log)
                .containsExactly("head 200 OK Content-Length=7", "write content", "trailers x-sum=3", "end COMPLETE");
    }

    @Test
    @Tag("A17")
    @Tag("A52")
    void a_return_without_them_is_a_failure() {
        serve("trailers");
        start();
        rig.body("abc", false);
        rig.returned.complete(null);
        assertThat(rig.outcome().ending()).isEqualTo(Ending.BROKEN);
        assertThat(rig.outcome().problem())
                .hasMessage(
                        "A17, the application's return: expected http.response.trailers; found the end, and the body is"
                                + " complete. Fix: complete the application's stage after the last http.response.body, which has"
                                + " moreBody=false, and http.response.trailers");
    }

    @Test
    @Tag("A17")
    @Tag("A52")
    void a_return_without_them_affects_no_client_that_does_not_wait_for_them() {
        serve();
        start();
        rig.body("abc", false);
        rig.returned.complete(null);
        assertThat(rig.outcome().ending()).isEqualTo(Ending.COMPLETE);
        assertThat(rig.outcome().problem()).hasMessageStartingWith("A17, ");
    }

    @Test
    @Tag("A15")
    @Tag("A52")
    void unannounced_trailers_are_an_error_even_after_the_end() {
        serve("trailers");
        rig.start(200);
        String fix =
                " Fix: send http.response.trailers after the last http.response.body, of a response whose start has"
                        + " trailers=true";
        assertViolation(
                trailers(false, SUM),
                "A15, send: expected http.response.body, because the response has started; found http.response.trailers."
                        + fix);
        rig.body("abc", false);
        assertViolation(
                trailers(false, SUM),
                "A15, send: expected no event, because the response is complete; found http.response.trailers." + fix);
        assertThat(rig.log).endsWith("end COMPLETE");
    }

    @Test
    @Tag("A15")
    @Tag("A52")
    void nothing_else_follows_the_body() {
        serve("trailers");
        start();
        assertThatThrownBy(() -> trailers(false, SUM).join()).hasMessageContaining("expected http.response.body");
        rig.body("abc", false);
        assertThatThrownBy(() -> rig.body("d", false).join())
                .hasMessageContaining(
                        "expected http.response.trailers, because the body is complete; found http.response.body");
        trailers(true, SUM);
        assertThatThrownBy(() -> rig.body("d", false).join()).hasMessageContaining("found http.response.body");
    }

    @Test
    @Tag("A16")
    @Tag("A52")
    void a_field_that_belongs_before_the_body_is_refused() {
        for (String name : List.of("Content-Length", "transfer-encoding", "Set-Cookie", "trailer", "HOST")) {
            AsgiTrailersTest other = new AsgiTrailersTest();
            other.serve("trailers");
            other.start();
            other.rig.body("abc", false);
            assertViolation(
                    other.trailers(false, new Header(name, "1")),
                    "A52, http.response.trailers: expected fields that may follow a body (RFC 9110, section 6.5.1);"
                            + " found \"" + name + "\". Fix: send it in http.response.start, or leave it out");
            assertThat(other.rig.ended).isEmpty();
        }
    }

    @Test
    @Tag("A52")
    void trailers_of_all_events_are_limited() {
        serve("trailers");
        start();
        rig.body("abc", false);
        trailers(true, new Header("a", "b".repeat(4096)));
        assertViolation(
                trailers(false, new Header("a", "b".repeat(4031))),
                "A52, http.response.trailers: expected at most 8192 bytes of fields, 32 for each included; found 8193"
                        + " bytes. Fix: send large data in the body");
        assertThat(rig.ended).isEmpty();
    }

    private static void assertViolation(CompletableFuture<Void> sent, String message) {
        assertThatThrownBy(sent::join)
                .cause()
                .isInstanceOf(ApplicationViolation.class)
                .hasMessage(message);
    }
}

package io.gangway.it;

import io.gangway.it.client.Answer;
import io.gangway.it.client.Answer.Ending;
import io.gangway.it.client.Answer.Framing;
import io.gangway.it.client.AnswerReader;
import io.gangway.it.client.Http2Connection;
import io.gangway.it.client.RawConnection;
import io.gangway.it.contract.Trait;
import java.io.IOException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The fields behind the body of a response (A52). */
abstract class TrailerCases extends HttpCases {
    private static final String TAKES_TRAILERS = "TE: trailers";

    TrailerCases(AsgiBackend backend, ProcessBackend serving) {
        super(backend, serving);
    }

    /** Asks twice on one connection: what is wrong at the end of the first answer shows in the second. */
    private Answer askTwice(String method, String path, String... headerLines) throws IOException {
        try (RawConnection connection = backend().connect()) {
            connection.send(request(method, path, headerLines));
            Answer answer = connection.read(method).status(200).endedCleanly();
            connection.send(request("GET", "/early-end"));
            connection.read("GET").status(200).body("without the body");
            return answer;
        }
    }

    @Test
    @Tag("A52")
    void trailers_come_behind_the_body_for_a_client_that_takes_them() throws IOException {
        askTwice("GET", "/trailers", TAKES_TRAILERS)
                .framed(Framing.CHUNKED)
                .body("abcdef")
                .trailers("x-part: one, two", "x-sum: 6");
        askTwice("GET", "/trailers", "TE: deflate;q=0.5", "te: Trailers")
                .body("abcdef")
                .trailers("x-part: one, two", "x-sum: 6");
    }

    @Test
    @Tag("A52")
    void a_client_that_does_not_take_trailers_gets_the_response_without() throws IOException {
        askTwice("GET", "/trailers").body("abcdef").trailers();
        askTwice("GET", "/trailers", "TE: deflate").body("abcdef").trailers();
        askTwice("GET", "/trailers-alone").body("").trailers();
        askTwice("GET", "/trailers-of-length")
                .header("Content-Length", "3")
                .body("abc")
                .trailers();
        askTwice("HEAD", "/trailers", TAKES_TRAILERS).body("").trailers();
    }

    @Test
    @Tag("A52")
    void http_1_0_has_no_trailers() throws IOException {
        for (String path : new String[] {"/trailers", "/trailers-later/" + released("1.0")}) {
            try (RawConnection connection = backend().connect()) {
                connection.send(request("GET", path, TAKES_TRAILERS).replace("HTTP/1.1", "HTTP/1.0"));
                connection
                        .read("GET")
                        .status(200)
                        .body("abcdef")
                        .trailers()
                        .endedCleanly()
                        .header("Transfer-Encoding");
            }
        }
    }

    private String released(String name) throws IOException {
        String id = newRun(name);
        ask("/release/" + id);
        return id;
    }

    @Test
    @Tag("A52")
    void trailers_may_follow_no_body_or_one_with_a_length() throws IOException {
        askTwice("GET", "/trailers-alone", TAKES_TRAILERS).body("").trailers("x-sum: 0");
        askTwice("GET", "/trailers-of-length", TAKES_TRAILERS)
                .header("Content-Length")
                .body("abc")
                .trailers("x-sum: 3");
        askTwice("GET", "/trailers-of-none", TAKES_TRAILERS).body("abc").trailers();
    }

    @Test
    @Tag("A52")
    void trailers_as_large_as_they_may_be_arrive() throws IOException {
        askTwice("GET", "/trailers-large", TAKES_TRAILERS).body("abcdef").trailers("x-large: " + "x".repeat(8153));
    }

    @Test
    @Tag("A52")
    void the_body_does_not_wait_for_the_trailers() throws IOException {
        String id = newRun("later");
        try (RawConnection connection = backend().connect()) {
            connection.send(request("GET", "/trailers-later/" + id, TAKES_TRAILERS));
            AnswerReader answer = connection.begin("GET");
            answer.readBody("abcdef".length());
            ask("/release/" + id);
            answer.finish().status(200).endedCleanly().trailers("x-sum: 6");
        }
    }

    @Test
    @Tag("A52")
    @Needs(Trait.HTTP_2)
    void trailers_come_over_http_2() throws IOException {
        String base = backend().base();
        try (Http2Connection connection = new Http2Connection(backend().port())) {
            connection.request("GET", base + "/trailers", "te", "trailers");
            connection
                    .read()
                    .answer()
                    .status(200)
                    .body("abcdef")
                    .endedCleanly()
                    .trailers("x-part: one, two", "x-sum: 6");
            connection.request("GET", base + "/trailers-alone", "te", "trailers");
            connection.read().answer().status(200).body("").endedCleanly().trailers("x-sum: 0");
            connection.request("GET", base + "/trailers-of-length", "te", "trailers");
            connection.read().answer().status(200).body("abc").endedCleanly().trailers("x-sum: 3");
            connection.request("GET", base + "/trailers-large", "te", "trailers");
            connection.read().answer().endedCleanly().trailers("x-large: " + "x".repeat(8153));
            connection.request("GET", base + "/trailers");
            connection.read().answer().status(200).body("abcdef").endedCleanly().trailers();
            connection.request("HEAD", base + "/trailers", "te", "trailers");
            connection.read().answer().status(200).body("").endedCleanly().trailers();
        }
    }

    /** Where Tomcat has sent nothing by then, it changes the status to 500. */
    @Test
    @Tag("A17")
    @Needs(Trait.HTTP_2)
    void over_http_2_too_a_return_without_the_end_or_the_trailers_breaks_the_response_off() throws IOException {
        for (String path : new String[] {"/half", "/trailers-missing"}) {
            try (Http2Connection connection = new Http2Connection(backend().port())) {
                connection.request("GET", backend().base() + path, "te", "trailers");
                Answer answer = connection.read().answer().trailers();
                answer.check(answer.ending() == Ending.TRUNCATED || answer.code() == 500, "a failure");
            }
        }
    }

    @Test
    @Tag("A17")
    @Tag("A52")
    void a_return_without_the_trailers_is_a_failure() throws IOException {
        askAlone("/trailers-missing").status(200).truncated().trailers();
        assertLogged("A17", "http.response.trailers");
    }

    @Test
    @Tag("A15")
    @Tag("A52")
    void trailers_out_of_order_are_an_error_that_names_them() throws IOException {
        ask("/trailers-unannounced").status(200).body("whole").endedCleanly();
        assertLogged("A15", "the response is complete", "http.response.trailers");
        askAlone("/trailers-first").status(500);
        assertLogged("A15", "http.response.body", "http.response.trailers");
        askAlone("/trailers-then-body").status(200).truncated();
        assertLogged("A15", "the body is complete", "http.response.body");
    }

    @Test
    @Tag("A16")
    @Tag("A52")
    void trailers_cannot_split_the_response_or_belong_before_the_body() throws IOException {
        askAlone("/trailers-split").status(200).truncated().trailers();
        assertLogged("x-split", "http.response.trailers");
        askAlone("/trailers-forbidden").status(200).truncated().trailers();
        assertLogged("A52", "content-length", "http.response.trailers");
    }

    private Answer askAlone(String path) throws IOException {
        try (RawConnection connection = backend().connect()) {
            connection.send(request("GET", path, TAKES_TRAILERS));
            return connection.read("GET");
        }
    }
}

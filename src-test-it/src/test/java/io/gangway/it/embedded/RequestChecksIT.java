package io.gangway.it.embedded;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.gangway.it.client.Answer;
import io.gangway.it.client.Http2Answer;
import io.gangway.it.client.Http2Connection;
import io.gangway.it.client.Http2Connection.GoneAwayException;
import io.gangway.it.client.RawConnection;
import io.gangway.wsgi.GatewayApplication;
import io.gangway.wsgi.Header;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that Jetty would serve, although their framing or their target is wrong. */
final class RequestChecksIT {
    private static final byte[] BODY = "body".getBytes(ISO_8859_1);

    /** RFC 9113, section 7. */
    private static final int PROTOCOL_ERROR = 1;

    private final AtomicInteger calls = new AtomicInteger();
    private Served served;

    @BeforeEach
    void serve() throws IOException {
        GatewayApplication tell = (environ, startResponse) -> {
            calls.incrementAndGet();
            String text = "%s %s %s %s [%s]"
                    .formatted(
                            environ.string("wsgi.url_scheme"),
                            environ.string("SERVER_PORT"),
                            environ.containsKey("HTTPS"),
                            environ.string("HTTP_HOST"),
                            new String(environ.input().readAllBytes(), ISO_8859_1));
            if (environ.pathInfo().startsWith("/target")) {
                text = environ.pathInfo() + " " + environ.string("QUERY_STRING") + " " + environ.string("RAW_URI");
            }
            startResponse.start("200 OK", List.of(new Header("Content-Type", "text/plain")));
            return List.of(text.getBytes(ISO_8859_1));
        };
        served = Served.java(tell, "");
    }

    @AfterEach
    void stop() {
        served.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://here/x", "HTTPS://here/x", "ftp://here/x", "ws://here/x"})
    void a_target_of_another_scheme_is_400_and_its_connection_lost(String target) throws IOException {
        try (RawConnection connection = new RawConnection(served.port())) {
            connection.send("POST " + target + " HTTP/1.1\r\nHost: here\r\nContent-Length: 4\r\n\r\nbody");
            refused(connection, "POST", 400).bodyWithout("Exception");
        }
        assertThat(calls).hasValue(0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://here/x", "HTTP://here/x"})
    void a_target_of_the_connections_scheme_is_served(String target) throws IOException {
        try (RawConnection connection = new RawConnection(served.port())) {
            connection.send("GET " + target + " HTTP/1.1\r\nHost: here\r\n\r\n");
            connection.read("GET").status(200).body("http 80 false here []");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"http", "https", "HTTPS"})
    void the_scheme_that_http_2_says_is_not_believed(String scheme) throws IOException {
        try (Http2Connection connection = new Http2Connection(served.port())) {
            connection.request("GET", "/x", ":scheme", scheme);
            connection.read().answer().status(200).body("http 80 false here []");
            connection.request("GET", "/x", ":scheme", scheme, ":authority", "here:443");
            connection.read().answer().status(200).body("http 443 false here:443 []");
        }
    }

    /** In HTTP/1.1 there is no such request: a blank ends the method and the target. */
    @ParameterizedTest
    @ValueSource(strings = {"GET /x HTTP/1.1", "G\tT", "GET ", "G(T)"})
    void a_method_that_is_no_token_is_refused_in_http_2(String method) throws IOException {
        try (Http2Connection connection = new Http2Connection(served.port())) {
            connection.request(method, "/x");
            assertThat(isRefused(connection)).isTrue();
        }
        assertThat(calls).hasValue(0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/a b", "/a\tb", "/a?q=b c", "/a?q=\u007f", "/\u00ff", "/?q=\u00ff", "/?q=\u00c3"})
    void a_path_with_blanks_or_bytes_that_are_not_utf_8_is_refused_in_http_2(String path) throws IOException {
        try (Http2Connection connection = new Http2Connection(served.port())) {
            connection.request("GET", path);
            assertThat(isRefused(connection)).isTrue();
        }
        assertThat(calls).hasValue(0);
    }

    /** W12, W13, W22: the letter \u00e9, percent-encoded and raw; each char is a byte. */
    @ParameterizedTest
    @ValueSource(strings = {"/caf%C3%A9?q=%C3%A9", "/caf\u00c3\u00a9?q=\u00c3\u00a9"})
    void raw_bytes_arrive_as_those_bytes_in_http_2(String path) throws IOException {
        try (Http2Connection connection = new Http2Connection(served.port())) {
            connection.request("GET", "/target" + path);
            connection
                    .read()
                    .answer()
                    .status(200)
                    .body("/target/caf\u00c3\u00a9 " + path.substring(path.indexOf('?') + 1) + " /target" + path);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-5",
                "+5",
                "-9223372036854775808",
                "9223372036854775808",
                "99999999999999999999",
                " 5",
                "5,5",
                "5, 5",
                "0x5",
                "4.0",
                ""
            })
    void a_length_that_is_no_number_is_refused_in_http_2(String length) throws IOException {
        try (Http2Connection connection = new Http2Connection(served.port())) {
            connection.request("POST", "/", List.of("content-length", length), BODY);
            assertThat(isRefused(connection)).isTrue();
        }
        assertThat(calls).hasValue(0);
    }

    /** Jetty ends the connection if it cannot parse a length as a number. */
    private static boolean isRefused(Http2Connection connection) throws IOException {
        try {
            return connection.read().isRefused();
        } catch (GoneAwayException e) {
            return e.code() == PROTOCOL_ERROR;
        }
    }

    @Test
    void two_lengths_are_refused_in_http_2() throws IOException {
        try (Http2Connection connection = new Http2Connection(served.port())) {
            connection.request("POST", "/", List.of("content-length", "4", "content-length", "5"), BODY);
            assertThat(connection.read()).matches(Http2Answer::isRefused, "refused");
            connection.request("POST", "/", List.of("content-length", "4", "content-length", "4"), BODY);
            assertThat(connection.read()).matches(Http2Answer::isRefused, "refused");
            connection.request("POST", "/", List.of("content-length", "4"), BODY);
            connection.read().answer().status(200).body("http 80 false here [body]");
        }
        assertThat(calls).hasValue(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"3", "5", "0"})
    void a_length_that_the_body_does_not_have_is_refused_in_http_2(String length) throws IOException {
        try (Http2Connection connection = new Http2Connection(served.port())) {
            connection.request("POST", "/", List.of("content-length", length), BODY);
            assertThat(connection.read()).matches(Http2Answer::isRefused, "refused");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"-5", "+5", "99999999999999999999", "5,5", "0x5", "4.0", ""})
    void a_length_that_is_no_number_is_refused_in_http_1(String length) throws IOException {
        try (RawConnection connection = new RawConnection(served.port())) {
            connection.send("POST / HTTP/1.1\r\nHost: here\r\nContent-Length: " + length + "\r\n\r\nbody");
            refused(connection, "POST", 400);
        }
        assertThat(calls).hasValue(0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"chunked", "gzip, chunked", "identity"})
    void a_transfer_encoding_in_http_1_0_is_400_and_its_connection_lost(String coding) throws IOException {
        try (RawConnection connection = new RawConnection(served.port())) {
            connection.send("POST / HTTP/1.0\r\nHost: here\r\nConnection: keep-alive\r\nTransfer-Encoding: " + coding
                    + "\r\n\r\n4\r\nbody\r\n0\r\n\r\n");
            connection.read("POST").status(400);
            assertThat(connection.isClosedByServer()).isTrue();
        }
        assertThat(calls).hasValue(0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"chunked", "gzip", ""})
    void a_transfer_encoding_in_http_2_is_refused(String coding) throws IOException {
        try (Http2Connection connection = new Http2Connection(served.port())) {
            connection.request("POST", "/", List.of("transfer-encoding", coding), BODY);
            assertThat(connection.read()).matches(Http2Answer::isRefused, "refused");
        }
        assertThat(calls).hasValue(0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"connection", "keep-alive", "proxy-connection", "upgrade"})
    void other_fields_of_a_connection_are_refused_in_http_2(String name) throws IOException {
        try (Http2Connection connection = new Http2Connection(served.port())) {
            connection.request("GET", "/", name, "close");
            assertThat(connection.read()).matches(Http2Answer::isRefused, "refused");
        }
        assertThat(calls).hasValue(0);
    }

    @Test
    void http_1_0_gets_no_100() throws IOException {
        String head = "POST / HTTP/1.0\r\nHost: here\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n";
        try (RawConnection connection = new RawConnection(served.port())) {
            connection.send(head);
            refused(connection, "POST", 417);
        }
        assertThat(calls).hasValue(0);
        try (RawConnection connection = new RawConnection(served.port())) {
            connection.send(head.replace("HTTP/1.0", "HTTP/1.1"));
            connection.send("body");
            connection.read("POST").status(200).body("http 80 false here [body]");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"here:443", "here", "/x", "http://here/x"})
    void connect_never_reaches_an_application(String target) throws IOException {
        try (RawConnection connection = new RawConnection(served.port())) {
            connection.send("CONNECT " + target + " HTTP/1.1\r\nHost: here\r\n\r\n");
            Answer answer = connection.read("CONNECT");
            answer.check(answer.code() == 405 || answer.code() == 400, "405, or Jetty's 400");
        }
        assertThat(calls).hasValue(0);
    }

    @Test
    void connect_in_http_2_never_reaches_an_application() throws IOException {
        try (Http2Connection connection = new Http2Connection(served.port())) {
            connection.request("CONNECT", "/x", ":protocol", "websocket");
            Http2Answer answer = connection.read();
            assertThat(answer.head() == null || answer.answer().code() == 405)
                    .as("%s", answer)
                    .isTrue();
        }
        assertThat(calls).hasValue(0);
    }

    private static Answer refused(RawConnection connection, String method, int status) throws IOException {
        Answer answer = connection.read(method).interim(0).status(status).header("Connection", "close");
        assertThat(connection.isClosedByServer()).isTrue();
        return answer;
    }
}

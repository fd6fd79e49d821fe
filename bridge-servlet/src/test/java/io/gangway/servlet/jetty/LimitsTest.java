package io.gangway.servlet.jetty;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.gangway.servlet.CapturedLog;
import io.gangway.wsgi.GatewayApplication;
import io.gangway.wsgi.Header;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class LimitsTest {
    private static final List<Header> COOKIES =
            Collections.nCopies(70, new Header("Set-Cookie", "a=" + "b".repeat(198)));

    /** 70 headers, each with a name of 10 bytes, a value of 200, and 32 more; and Content-Length, whose value has one byte. */
    private static final int COOKIES_SIZE = 70 * 242 + 14 + 1 + 32;

    private static final GatewayApplication ECHO = (environ, startResponse) -> {
        byte[] body = environ.input().readAllBytes();
        startResponse.start("200 OK", List.of());
        return List.of(body);
    };

    private final List<Socket> sockets = new ArrayList<>();

    @AfterEach
    void close() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    /** Jetty's default is 100 KB for each connection that is kept. */
    @Test
    void a_connection_has_no_cache_of_header_fields() {
        assertThat(new Http(1 << 10, 1 << 10, false).configuration().getHeaderCacheSize())
                .isZero();
    }

    @Test
    void a_head_over_the_limit_is_one_500_and_one_entry_of_the_log() throws Exception {
        try (CapturedLog log = new CapturedLog();
                GatewayServer server = GatewayServer.of(answering(COOKIES))
                        .port(0)
                        .responseHeaderLimit(COOKIES_SIZE - 1)
                        .start()) {
            String answer = talk(server, "GET / HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n\r\n");

            assertThat(answer)
                    .startsWith("HTTP/1.1 500 ")
                    .containsPattern("\r\n\r\n500 Internal Server Error\nRequest id: \\S+\n$")
                    .doesNotContain("Set-Cookie");
            assertIsLogged(
                    log,
                    "the response's headers have 16987 bytes (32 for each of the 71 headers included), and"
                            + " gangway.response-header-limit is 16986; the longest is Set-Cookie, sent 70 times. Fix: send fewer or"
                            + " shorter headers, or raise gangway.response-header-limit (GatewayServer.Builder.responseHeaderLimit)");
        }
    }

    @Test
    void so_it_is_in_http_2() throws Exception {
        try (CapturedLog log = new CapturedLog();
                GatewayServer server = GatewayServer.of(answering(List.of(new Header("X-Long", "x".repeat(17_000)))))
                        .port(0)
                        .responseHeaderLimit(17_000)
                        .start()) {
            Http2Talk client = new Http2Talk(connect(server));
            client.get("/");

            assertThat(client.read(Http2Talk.HEADERS).status()).isEqualTo(500);
            assertThat(client.read(Http2Talk.DATA).payload()).startsWith("500 Internal Server Error\nRequest id: ");
            assertIsLogged(
                    log,
                    "the response's headers have 17085 bytes (32 for each of the 2 headers included), and"
                            + " gangway.response-header-limit is 17000; the longest is X-Long. Fix: send fewer or shorter headers, or"
                            + " raise gangway.response-header-limit (GatewayServer.Builder.responseHeaderLimit)");
        }
    }

    private static void assertIsLogged(CapturedLog log, String message) {
        await().until(() -> !log.entries().isEmpty());
        assertThat(log.entries()).hasSize(1);
        LogRecord entry = log.entries().get(0);
        assertThat(entry.getLevel()).isEqualTo(Level.SEVERE);
        assertThat(entry.getMessage()).matches("\\[\\S+] \"GET /\" failed; the client got an error page");
        assertThat(entry.getThrown()).hasMessage(message);
    }

    @ParameterizedTest
    @ValueSource(ints = {COOKIES_SIZE, 1 << 20})
    void a_head_up_to_the_limit_arrives(int limit) throws Exception {
        try (GatewayServer server = GatewayServer.of(answering(COOKIES))
                .port(0)
                .responseHeaderLimit(limit)
                .start()) {
            assertThat(talk(server, "GET / HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n\r\n")
                            .split("Set-Cookie", -1))
                    .hasSize(71);
            Http2Talk client = new Http2Talk(connect(server));
            client.get("/");

            assertThat(client.read(Http2Talk.HEADERS).status()).isEqualTo(200);
        }
    }

    @Test
    void many_small_headers_up_to_the_limit_arrive_in_http_2_too() throws Exception {
        List<Header> small = Collections.nCopies(1_900, new Header("X", "y")); // 34 bytes each, of 65,536
        try (GatewayServer server = GatewayServer.of(answering(small)).port(0).start()) {
            Http2Talk client = new Http2Talk(connect(server));
            client.get("/");

            assertThat(client.read(Http2Talk.HEADERS).status()).isEqualTo(200);
        }
    }

    @Test
    void a_request_may_have_as_many_bytes_of_headers_as_the_limit_says() throws Exception {
        try (GatewayServer server =
                GatewayServer.of(ECHO).port(0).requestHeaderLimit(4_096).start()) {
            assertThat(talk(server, requestOf("x".repeat(3_900)))).startsWith("HTTP/1.1 200 OK\r\n");
            assertThat(talk(server, requestOf("x".repeat(4_096)))).startsWith("HTTP/1.1 431 ");
        }
    }

    private static String requestOf(String value) {
        return "GET / HTTP/1.1\r\nHost: shop\r\nConnection: close\r\nX-Long: " + value + "\r\n\r\n";
    }

    @Test
    void a_declared_body_over_the_limit_is_refused_without_100_continue() throws Exception {
        try (GatewayServer server =
                GatewayServer.of(ECHO).port(0).maxRequestBody(4).start()) {
            String head = "POST / HTTP/1.1\r\nHost: shop\r\nConnection: close\r\nExpect: 100-continue\r\n";

            assertThat(talk(server, head + "Content-Length: 5\r\n\r\n"))
                    .startsWith("HTTP/1.1 413 ")
                    .endsWith("\r\n\r\n413 Content Too Large\nA request body may have at most 4 bytes.\n");
        }
    }

    @Test
    void an_undeclared_body_is_a_413_where_it_passes_the_limit() throws Exception {
        try (CapturedLog log = new CapturedLog();
                GatewayServer server =
                        GatewayServer.of(ECHO).port(0).maxRequestBody(4).start()) {
            String head = "POST / HTTP/1.1\r\nHost: shop\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n";

            assertThat(talk(server, head + "4\r\nfour\r\n0\r\n\r\n"))
                    .startsWith("HTTP/1.1 200 OK\r\n")
                    .contains("four");
            assertThat(talk(server, head + "4\r\nfour\r\n1\r\ns\r\n0\r\n\r\n"))
                    .startsWith("HTTP/1.1 413 ")
                    .contains("\r\n\r\n413 Content Too Large\nRequest id: ");
            assertThat(log.entries()).extracting(LogRecord::getLevel).doesNotContain(Level.SEVERE);
        }
    }

    @Test
    void a_response_that_has_begun_is_broken_off_where_its_request_passes_the_limit() throws Exception {
        GatewayApplication streaming = (environ, startResponse) -> {
            startResponse.start("200 OK", List.of()).write("begun".getBytes(ISO_8859_1));
            return List.of(environ.input().readAllBytes());
        };
        try (GatewayServer server =
                GatewayServer.of(streaming).port(0).maxRequestBody(4).start()) {
            String request =
                    "POST / HTTP/1.1\r\nHost: shop\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfives\r\n0\r\n\r\n";

            assertThat(talk(server, request))
                    .startsWith("HTTP/1.1 200 OK\r\n")
                    .contains("begun")
                    .doesNotEndWith("\r\n0\r\n\r\n");
        }
    }

    @Test
    void a_client_that_takes_nothing_for_the_idle_timeout_is_told_in_the_log() throws Exception {
        GatewayApplication large = (environ, startResponse) -> {
            startResponse.start("200 OK", List.of());
            return environ.pathInfo().equals("/large") ? Collections.nCopies(1_000, new byte[1 << 20]) : List.of();
        };
        try (CapturedLog log = new CapturedLog();
                GatewayServer server = GatewayServer.of(large)
                        .port(0)
                        .idleTimeout(Duration.ofSeconds(2))
                        .start()) {
            talk(server, "GET / HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n\r\n"); // the first request is slow
            connect(server).getOutputStream().write("GET /large HTTP/1.1\r\nHost: shop\r\n\r\n".getBytes(ISO_8859_1));
            await().atMost(Duration.ofSeconds(60)).until(() -> !log.entries().isEmpty());

            assertThat(log.entries()).hasSize(1);
            assertThat(log.entries().get(0).getLevel()).isEqualTo(Level.INFO);
            assertThat(log.entries().get(0).getMessage())
                    .matches("\\[\\S+] \"GET /large\" was given up: the client neither sent nor took anything for the"
                            + " server's idle timeout, and the connection is closed");
        }
    }

    @Test
    void a_limit_that_makes_no_sense_is_refused() {
        assertThatThrownBy(() -> GatewayServer.of(ECHO).responseHeaderLimit(1_023))
                .hasMessage("responseHeaderLimit: expected 1024 to 1048576; found 1023");
        assertThatThrownBy(() -> GatewayServer.of(ECHO).requestHeaderLimit(1_048_577))
                .hasMessage("requestHeaderLimit: expected 1024 to 1048576; found 1048577");
        assertThatThrownBy(() -> GatewayServer.of(ECHO).maxRequestBody(-1))
                .hasMessage("maxRequestBody: expected at least 0; found -1");
    }

    private static GatewayApplication answering(List<Header> headers) {
        return (environ, startResponse) -> {
            startResponse.start("200 OK", headers);
            return List.of("ok".getBytes(ISO_8859_1));
        };
    }

    private Socket connect(GatewayServer server) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
        socket.setSoTimeout(60_000);
        sockets.add(socket);
        return socket;
    }

    private String talk(GatewayServer server, String request) throws IOException {
        Socket socket = connect(server);
        socket.getOutputStream().write(request.getBytes(ISO_8859_1));
        return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
    }
}

package io.gangway.it.embedded;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.gangway.it.client.Http2Connection;
import io.gangway.it.client.RawConnection;
import io.gangway.wsgi.GatewayApplication;
import io.gangway.wsgi.Header;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** HTTP/2 without TLS is for clients with prior knowledge only (RFC 9113, section 3.3). */
final class CleartextHttp2IT {
    private static final GatewayApplication PROTOCOL = (environ, startResponse) -> {
        startResponse.start(
                "200 OK", List.of(new Header("Content-Type", "text/plain"), new Header("Set-Cookie", " a=b; Path=/")));
        return List.of(
                (environ.string("SERVER_PROTOCOL") + " " + environ.input().readAllBytes().length).getBytes(US_ASCII));
    };

    private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

    private Served served;

    @BeforeEach
    void serve() throws IOException {
        served = Served.java(PROTOCOL, "");
    }

    @AfterEach
    void stop() {
        served.close();
    }

    @Test
    void is_spoken_by_prior_knowledge() throws IOException {
        try (Http2Connection connection = new Http2Connection(served.port())) {
            connection.request("GET", "/");
            connection.read().answer().status(200).body("HTTP/2 0");
        }
    }

    /** RFC 9113, section 8.2.1: a field's value neither begins nor ends with a space. */
    @Test
    void carries_a_cookie_as_django_writes_it() throws IOException {
        try (Http2Connection connection = new Http2Connection(served.port())) {
            connection.request("GET", "/");
            connection.read().answer().status(200).header("Set-Cookie", "a=b; Path=/");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"h2c", "H2C", "h2c, websocket", "h2"})
    void is_not_upgraded_to(String protocol) throws IOException {
        String upgrade = " HTTP/1.1\r\nHost: here\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: " + protocol
                + "\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n";
        try (RawConnection connection = new RawConnection(served.port())) {
            connection.send("GET /" + upgrade + "\r\n");
            connection.read("GET").interim(0).status(200).body("HTTP/1.1 0");
            connection.send("POST /" + upgrade + "Transfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n");
            connection.read("POST").interim(0).status(200).body("HTTP/1.1 4");
        }
    }

    @Test
    void a_preface_behind_a_request_is_none() throws IOException {
        try (RawConnection connection = new RawConnection(served.port())) {
            connection.send("GET / HTTP/1.1\r\nHost: here\r\n\r\n");
            connection.read("GET").status(200).body("HTTP/1.1 0");
            connection.send(PREFACE);
            connection.read("PRI").status(426);
            assertThat(connection.isClosedByServer()).isTrue();
        }
    }
}

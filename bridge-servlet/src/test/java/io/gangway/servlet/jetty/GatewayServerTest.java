package io.gangway.servlet.jetty;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gangway.wsgi.GatewayApplication;
import io.gangway.wsgi.Header;
import java.net.BindException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import org.junit.jupiter.api.Test;

class GatewayServerTest {
    private static final GatewayApplication ECHO = (environ, startResponse) -> {
        startResponse.start("200 OK", List.of(new Header("Content-Type", "text/plain; charset=utf-8")));
        String protocol = environ.string("SERVER_PROTOCOL");
        String text = protocol + " " + environ.url() + " "
                + new String(environ.input().readAllBytes(), UTF_8);
        return List.of(text.getBytes(UTF_8));
    };

    @Test
    void serves_http_1_1() throws Exception {
        try (GatewayServer server = GatewayServer.of(ECHO).port(0).start()) {
            HttpResponse<String> response = post(Version.HTTP_1_1, server.uri().resolve("a%2Fb?c=d"), "body");

            assertThat(response.body()).isEqualTo("HTTP/1.1 " + server.uri() + "a/b?c=d body");
            assertThat(response.headers().firstValue("Content-Type")).contains("text/plain;charset=utf-8");
            assertThat(response.headers().allValues("Server")).containsExactly("Gangway");
            assertThat(response.headers().allValues("Date")).hasSize(1);
        }
    }

    @Test
    void serves_http_2_cleartext() throws Exception {
        try (GatewayServer server = GatewayServer.of(ECHO).port(0).start()) {
            HttpResponse<String> response = post(Version.HTTP_2, server.uri(), "body");

            assertThat(response.version()).isEqualTo(Version.HTTP_2);
            assertThat(response.body()).isEqualTo("HTTP/2 " + server.uri() + " body");
        }
    }

    @Test
    void says_which_port_is_taken() throws Exception {
        try (GatewayServer server = GatewayServer.of(ECHO).port(0).start()) {
            assertThatThrownBy(() -> GatewayServer.of(ECHO).port(server.port()).start())
                    .isInstanceOf(BindException.class)
                    .hasMessageStartingWith("cannot listen on 127.0.0.1 port " + server.port() + ": ");
        }
    }

    private static HttpResponse<String> post(Version version, URI uri, String body) throws Exception {
        HttpClient client = HttpClient.newBuilder().version(version).build();
        // The client upgrades to h2c by a request without a body.
        client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.discarding());
        HttpRequest request = HttpRequest.newBuilder(uri)
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        return client.send(request, BodyHandlers.ofString());
    }
}

package io.gangway.servlet.jetty;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.gangway.wsgi.Environ;
import io.gangway.wsgi.GatewayApplication;
import io.gangway.wsgi.Header;
import io.gangway.wsgi.StartResponse;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
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

    @Test
    void a_stop_lets_requests_in_progress_finish_and_then_closes_the_application() throws Exception {
        CountDownLatch arrived = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        class Held implements GatewayApplication, AutoCloseable {
            private volatile boolean answered;
            private volatile boolean closedAfterAnswer;

            @Override
            public Iterable<byte[]> call(Environ environ, StartResponse startResponse) throws Exception {
                arrived.countDown();
                go.await();
                answered = true;
                return ECHO.call(environ, startResponse);
            }

            @Override
            public void close() {
                closedAfterAnswer = answered;
            }
        }
        Held application = new Held();
        GatewayServer server = GatewayServer.of(application).port(0).start();
        int port = server.port();
        CompletableFuture<HttpResponse<String>> response = HttpClient.newBuilder()
                .version(Version.HTTP_1_1)
                .build()
                .sendAsync(HttpRequest.newBuilder(server.uri()).build(), BodyHandlers.ofString());
        arrived.await();
        CompletableFuture<Void> stop = CompletableFuture.runAsync(server::close);
        // A stopping server takes no more connections; only then may the request go on.
        await().untilAsserted(() -> assertThatThrownBy(() -> new Socket(InetAddress.getLoopbackAddress(), port).close())
                .isInstanceOf(IOException.class));
        assertThat(stop).isNotDone();
        go.countDown();

        assertThat(response.get().statusCode()).isEqualTo(200);
        stop.get();
        assertThat(application.closedAfterAnswer).isTrue();
    }

    @Test
    void a_body_over_the_limit_is_refused() throws Exception {
        try (GatewayServer server =
                GatewayServer.of(ECHO).port(0).maxRequestBody(4).start()) {
            assertThat(post(Version.HTTP_1_1, server.uri(), "four").statusCode())
                    .isEqualTo(200);
            assertThat(post(Version.HTTP_1_1, server.uri(), "fives").statusCode())
                    .isEqualTo(413);
        }
    }

    @Test
    void headers_over_the_limit_are_refused() throws Exception {
        try (GatewayServer server = GatewayServer.of(ECHO).port(0).start()) {
            HttpRequest request = HttpRequest.newBuilder(server.uri())
                    .header("X-Long", "x".repeat(17 * 1024))
                    .build();

            assertThat(HttpClient.newHttpClient()
                            .send(request, BodyHandlers.discarding())
                            .statusCode())
                    .isEqualTo(431);
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

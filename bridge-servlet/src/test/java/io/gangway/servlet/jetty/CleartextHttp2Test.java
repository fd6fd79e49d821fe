package io.gangway.servlet.jetty;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.gangway.wsgi.GatewayApplication;
import io.gangway.wsgi.Header;
import java.io.ByteArrayInputStream;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A client that asks for the upgrade with its first request, whatever that is. */
class CleartextHttp2Test {
    private static final GatewayApplication COUNT = (environ, startResponse) -> {
        long bytes = environ.input().readAllBytes().length;
        startResponse.start("200 OK", List.of(new Header("Content-Type", "text/plain")));
        return List.of((environ.string("SERVER_PROTOCOL") + " " + bytes).getBytes(UTF_8));
    };

    @Test
    void upgrades_a_request_without_a_body() throws Exception {
        HttpResponse<String> response = first("GET", BodyPublishers.noBody());

        assertThat(response.version()).isEqualTo(Version.HTTP_2);
        assertThat(response.body()).isEqualTo("HTTP/2 0");
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 30_000, 700_000})
    void answers_a_request_with_a_body_as_it_came(int size) throws Exception {
        byte[] body = new byte[size];

        HttpResponse<String> sized = first("POST", BodyPublishers.ofByteArray(body));
        assertThat(sized.body()).isEqualTo("HTTP/1.1 " + size);

        HttpResponse<String> chunked =
                first("POST", BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body)));
        assertThat(chunked.body()).isEqualTo("HTTP/1.1 " + size);
    }

    private static HttpResponse<String> first(String method, BodyPublisher body) throws Exception {
        try (GatewayServer server = GatewayServer.of(COUNT).port(0).start()) {
            HttpClient client = HttpClient.newBuilder().version(Version.HTTP_2).build();
            HttpRequest request =
                    HttpRequest.newBuilder(server.uri()).method(method, body).build();
            return client.send(request, BodyHandlers.ofString());
        }
    }
}

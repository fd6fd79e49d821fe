package io.gangway.it.canaries;

import io.gangway.it.client.Answer;
import io.gangway.it.client.Http2Connection;
import io.gangway.wsgi.Header;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.CookieHandler;
import java.net.URI;
import java.net.http.HttpClient.Version;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Flow;
import javax.net.ssl.SSLSession;

/** Sends requests in HTTP/2 without TLS and without an upgrade, each on a connection of its own. */
final class PriorKnowledge {
    private final CookieHandler cookies;

    PriorKnowledge(CookieHandler cookies) {
        this.cookies = cookies;
    }

    /** The body keeps the connection open, until it is closed. */
    HttpResponse<InputStream> send(HttpRequest request) throws IOException {
        URI uri = request.uri();
        Http2Connection connection = new Http2Connection(uri.getPort());
        try {
            String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
            byte[] body = request.bodyPublisher().map(PriorKnowledge::bytes).orElse(new byte[0]);
            int stream = body.length == 0
                    ? connection.request(
                            request.method(),
                            uri.getRawPath() + query,
                            headers(request, body.length).toArray(String[]::new))
                    : connection.request(
                            request.method(), uri.getRawPath() + query, headers(request, body.length), body);
            Answer head = connection.head(stream);
            HttpResponse<InputStream> response =
                    new Http2Response(request, head, new FilterInputStream(connection.body(stream)) {
                        @Override
                        public void close() throws IOException {
                            connection.close();
                        }
                    });
            cookies.put(uri, response.headers().map());
            return response;
        } catch (IOException | RuntimeException | AssertionError e) {
            connection.close();
            throw e;
        }
    }

    private List<String> headers(HttpRequest request, int length) throws IOException {
        List<String> headers =
                new ArrayList<>(List.of(":authority", request.uri().getRawAuthority()));
        Map<String, List<String>> given = request.headers().map();
        given.forEach((name, values) -> values.forEach(value -> headers.addAll(List.of(lower(name), value))));
        if (request.bodyPublisher().filter(body -> body.contentLength() >= 0).isPresent()) {
            headers.addAll(List.of("content-length", Integer.toString(length)));
        }
        cookies.get(request.uri(), given)
                .forEach((name, values) -> values.forEach(value -> headers.addAll(List.of(lower(name), value))));
        return headers;
    }

    private static String lower(String name) {
        return name.toLowerCase(Locale.ROOT);
    }

    private static byte[] bytes(BodyPublisher publisher) {
        BodySubscriber<byte[]> all = BodySubscribers.ofByteArray();
        publisher.subscribe(new Flow.Subscriber<>() {
            @Override
            public void onSubscribe(Flow.Subscription subscription) {
                all.onSubscribe(subscription);
            }

            @Override
            public void onNext(ByteBuffer item) {
                all.onNext(List.of(item));
            }

            @Override
            public void onError(Throwable failure) {
                all.onError(failure);
            }

            @Override
            public void onComplete() {
                all.onComplete();
            }
        });
        return all.getBody().toCompletableFuture().join();
    }

    private record Http2Response(HttpRequest request, Answer head, InputStream body)
            implements HttpResponse<InputStream> {
        @Override
        public int statusCode() {
            return head.code();
        }

        @Override
        public Optional<HttpResponse<InputStream>> previousResponse() {
            return Optional.empty();
        }

        @Override
        public HttpHeaders headers() {
            Map<String, List<String>> fields = new LinkedHashMap<>();
            for (Header header : head.headers()) {
                fields.computeIfAbsent(header.name(), name -> new ArrayList<>()).add(header.value());
            }
            return HttpHeaders.of(fields, (name, value) -> true);
        }

        @Override
        public Optional<SSLSession> sslSession() {
            return Optional.empty();
        }

        @Override
        public URI uri() {
            return request.uri();
        }

        @Override
        public Version version() {
            return Version.HTTP_2;
        }
    }
}

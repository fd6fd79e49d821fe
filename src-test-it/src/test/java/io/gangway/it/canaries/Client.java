package io.gangway.it.canaries;

import java.io.IOException;
import java.io.InputStream;
import java.net.CookieManager;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** A client like a browser: it keeps cookies, but follows no redirect by itself. */
final class Client {
    private static final Duration MAX_WAIT = Duration.ofSeconds(60);

    private final URI base;
    private final CookieManager cookies = new CookieManager();
    private final Sender sender;

    /** Sends a request, and waits for the answer's head. */
    private interface Sender {
        HttpResponse<InputStream> send(HttpRequest request) throws IOException, InterruptedException;
    }

    Client(URI base, HttpClient.Version protocol) {
        this.base = base;
        if (protocol == HttpClient.Version.HTTP_2) { // which Java's client speaks by upgrade, or over TLS
            sender = new PriorKnowledge(cookies)::send;
        } else {
            HttpClient http = HttpClient.newBuilder()
                    .version(protocol)
                    .cookieHandler(cookies)
                    .followRedirects(HttpClient.Redirect.NEVER)
                    .build();
            sender = request -> http.send(request, BodyHandlers.ofInputStream());
        }
    }

    /** The URL of the mount point, without a slash at the end. */
    URI base() {
        return base;
    }

    /** The part of the URL before every path of the application. */
    String mount() {
        return base.getRawPath();
    }

    /** A cookie's value. */
    String cookie(String name) {
        return cookies.getCookieStore().getCookies().stream()
                .filter(cookie -> cookie.getName().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no cookie " + name + " among "
                        + cookies.getCookieStore().getCookies()))
                .getValue();
    }

    Reply get(String path, String... headers) throws IOException, InterruptedException {
        return send("GET", path, BodyPublishers.noBody(), headers);
    }

    /** Follows a redirect, once. */
    Reply follow(Reply redirect) throws IOException, InterruptedException {
        URI target = redirect.uri().resolve(redirect.header("Location"));
        return send(HttpRequest.newBuilder(target).build());
    }

    Reply form(String path, Form form, String... headers) throws IOException, InterruptedException {
        return send(
                "POST", path, form.urlencoded(), with(headers, "Content-Type", "application/x-www-form-urlencoded"));
    }

    Reply multipart(String path, Form form, String... headers) throws IOException, InterruptedException {
        return send("POST", path, form.multipart(), with(headers, "Content-Type", form.multipartType()));
    }

    Reply send(String method, String path, BodyPublisher body, String... headers)
            throws IOException, InterruptedException {
        return send(request(method, path, body, headers));
    }

    private Reply send(HttpRequest request) throws IOException, InterruptedException {
        HttpResponse<InputStream> response = sender.send(request);
        try (InputStream body = response.body()) {
            return new Reply(response, body.readAllBytes());
        }
    }

    /** Starts to read an answer; its body comes as the application sends it. */
    HttpResponse<InputStream> stream(String path) throws IOException, InterruptedException {
        return sender.send(request("GET", path, BodyPublishers.noBody()));
    }

    private HttpRequest request(String method, String path, BodyPublisher body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path))
                .timeout(MAX_WAIT)
                .method(method, body);
        if (headers.length > 0) {
            request.headers(headers);
        }
        return request.build();
    }

    private static String[] with(String[] headers, String name, String value) {
        String[] more = java.util.Arrays.copyOf(headers, headers.length + 2);
        more[headers.length] = name;
        more[headers.length + 1] = value;
        return more;
    }
}

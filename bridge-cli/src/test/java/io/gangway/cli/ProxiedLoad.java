package io.gangway.cli;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** Clients that send one request after the other, GET and POST in turn, and count the requests that get no answer. */
final class ProxiedLoad implements AutoCloseable {
    private final Map<String, AtomicInteger> sent = new ConcurrentHashMap<>();
    private final Map<String, AtomicInteger> lost = new ConcurrentHashMap<>();
    private final List<String> problems = new CopyOnWriteArrayList<>();
    private final List<CompletableFuture<Void>> clients = new ArrayList<>();
    private volatile boolean isOver;

    /** Starts the clients. */
    static ProxiedLoad on(URI uri, int clients) {
        ProxiedLoad load = new ProxiedLoad();
        for (int i = 0; i < clients; i++) {
            CompletableFuture<Void> end = new CompletableFuture<>();
            load.clients.add(end);
            new Thread(() -> load.run(uri, end), "client " + i).start();
        }
        return load;
    }

    private void run(URI uri, CompletableFuture<Void> end) {
        try {
            run(uri);
        } finally {
            end.complete(null);
        }
    }

    private void run(URI uri) {
        HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        for (boolean isGet = true; !isOver; isGet = !isGet) {
            HttpRequest.Builder request = HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(60));
            String method = isGet ? "GET" : "POST";
            request.method(method, isGet ? BodyPublishers.noBody() : BodyPublishers.ofString("a=b"));
            try {
                HttpResponse<String> response = client.send(request.build(), BodyHandlers.ofString());
                count(method, response.statusCode() == 200 && response.body().equals("hello " + method), response);
            } catch (InterruptedException e) {
                return;
            } catch (java.io.IOException e) {
                count(method, false, e);
            }
        }
    }

    private void count(String method, boolean isAnswered, Object what) {
        sent.computeIfAbsent(method, key -> new AtomicInteger()).incrementAndGet();
        if (!isAnswered) {
            lost.computeIfAbsent(method, key -> new AtomicInteger()).incrementAndGet();
            problems.add(method + ": " + what);
        }
    }

    int sent(String method) {
        return sent.getOrDefault(method, new AtomicInteger()).get();
    }

    int lost(String method) {
        return lost.getOrDefault(method, new AtomicInteger()).get();
    }

    List<String> problems() {
        return List.copyOf(problems);
    }

    @Override
    public String toString() {
        return "lost " + lost("GET") + " of " + sent("GET") + " GET, " + lost("POST") + " of " + sent("POST") + " POST";
    }

    @Override
    public void close() {
        isOver = true;
        clients.forEach(CompletableFuture::join);
    }
}

package io.gangway.it.embedded;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.gangway.it.client.Answer;
import io.gangway.it.client.Http2Answer;
import io.gangway.it.client.Http2Connection;
import io.gangway.it.client.RawConnection;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Every answer belongs to its own request, on kept connections that all kinds of requests share, as behind a proxy.
 *
 * <p>{@code -Dtest.answers=100000} asks for so many in each case.
 */
final class AnswersIT {
    private static final int CONNECTIONS = 8;
    private static final int ANSWERS = Integer.getInteger("test.answers", 2_000);

    @ParameterizedTest(name = "{0} application, {1}, {2} at a time")
    @CsvSource({
        "Java, HTTP/1.1, 1",
        "Java, HTTP/1.1, 10",
        "Java, HTTP/2, 1",
        "Java, HTTP/2, 10",
        "Python, HTTP/1.1, 1",
        "Python, HTTP/1.1, 10",
        "Python, HTTP/2, 1",
        "Python, HTTP/2, 10"
    })
    void every_answer_is_its_own_requests(String language, String protocol, int depth) throws Exception {
        try (Served served = language.equals("Java")
                ? Served.java(Numbered.APPLICATION, Numbered.MOUNT)
                : Served.python("numbered:application", Numbered.MOUNT)) {
            ExecutorService clients = Executors.newFixedThreadPool(CONNECTIONS);
            try {
                List<Future<Integer>> counts = new ArrayList<>();
                for (int i = 0; i < CONNECTIONS; i++) {
                    int client = i;
                    counts.add(clients.submit(() -> protocol.equals("HTTP/2")
                            ? talkHttp2(served.port(), client, depth)
                            : talkHttp1(served.port(), client, depth)));
                }
                int answers = 0;
                for (Future<Integer> count : counts) {
                    answers += count.get();
                }
                assertThat(answers).isGreaterThanOrEqualTo(ANSWERS);
            } finally {
                clients.shutdownNow();
            }
        }
    }

    private static int talkHttp1(int port, int client, int depth) throws IOException {
        int count = 0;
        try (RawConnection connection = new RawConnection(port)) {
            for (Batch batch = new Batch(client, depth); count < ANSWERS / CONNECTIONS; count += depth) {
                List<Numbered> requests = batch.next();
                StringBuilder sent = new StringBuilder();
                requests.forEach(request -> sent.append(request.inHttp1()));
                connection.send(sent.toString());
                for (Numbered request : requests) {
                    check(request, connection.read(request.method()), requests);
                }
            }
        }
        return count;
    }

    private static int talkHttp2(int port, int client, int depth) throws IOException {
        int count = 0;
        try (Http2Connection connection = new Http2Connection(port)) {
            for (Batch batch = new Batch(client, depth); count < ANSWERS / CONNECTIONS; count += depth) {
                List<Numbered> requests = batch.next();
                Map<Integer, Numbered> asked = new HashMap<>();
                for (Numbered request : requests) {
                    asked.put(ask(connection, request), request);
                }
                while (!asked.isEmpty()) {
                    Http2Answer answer = connection.read();
                    check(requireNonNull(asked.remove(answer.stream())), answer.answer(), requests);
                }
            }
        }
        return count;
    }

    private static int ask(Http2Connection connection, Numbered request) throws IOException {
        if (!request.hasBody()) {
            return connection.request(request.method(), request.target());
        }
        List<String> length = request.isSized()
                ? List.of("content-length", Integer.toString(request.body().length()))
                : List.of();
        return connection.request(
                request.method(), request.target(), length, request.body().getBytes(ISO_8859_1));
    }

    private static void check(Numbered request, Answer answer, List<Numbered> batch) {
        try {
            request.check(answer);
        } catch (AssertionError e) {
            throw new AssertionError("asked " + request + " among " + batch, e);
        }
    }

    /** A number of requests for one connection, the same in each run. */
    private static final class Batch {
        private static final int NUMBERS = 10_000_000;

        private final Random random;
        private final int depth;
        private int number;

        Batch(int client, int depth) {
            random = new Random(client);
            number = client * NUMBERS;
            this.depth = depth;
        }

        List<Numbered> next() {
            List<Numbered> requests = new ArrayList<>();
            for (int i = 0; i < depth; i++) {
                requests.add(Numbered.any(++number, random));
            }
            return requests;
        }
    }
}

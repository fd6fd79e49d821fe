package io.gangway.python;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gangway.testing.StreamedResponse;
import io.gangway.testing.TestResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Many clients at once: too few workers for them, and clients that leave. */
@Timeout(60)
class UnderLoadTest {
    private final ExecutorService clients = Executors.newCachedThreadPool();

    @TempDir
    Path files;

    @AfterEach
    void stop() {
        clients.shutdownNow();
    }

    @Test
    void a_full_queue_refuses_the_rest_at_once_and_loses_none_of_those_in_it() throws Exception {
        try (Served served = Served.start("threads", "2", "queue-size", "4")) {
            List<CompletableFuture<TestResponse>> asked = askToHold(served, 20);
            // Two are with the worker and four wait; the others do not.
            await().until(() -> asked.stream().filter(CompletableFuture::isDone).count() == 14);
            List<TestResponse> refused = asked.stream()
                    .filter(CompletableFuture::isDone)
                    .map(CompletableFuture::join)
                    .toList();
            assertThat(refused).allSatisfy(response -> {
                assertThat(response.code()).isEqualTo(503);
                assertThat(response.header("Retry-After")).contains("1");
            });
            Files.createFile(files.resolve("gate"));
            assertThat(codes(asked))
                    .containsOnly(200, 503)
                    .filteredOn(code -> code == 200)
                    .hasSize(6);
            await().untilAsserted(() -> assertThat(served.log().entries())
                    .filteredOn(entry -> entry.startsWith("WARNING request ") && entry.contains("gangway.queue-size"))
                    .hasSizeBetween(1, 14)); // one each second at most: LimitedLogTest
        }
    }

    @Test
    void who_waits_too_long_is_refused_and_the_others_are_not() throws Exception {
        try (Served served = Served.start("threads", "1", "queue-timeout", "300ms")) {
            List<CompletableFuture<TestResponse>> asked = askToHold(served, 10);
            await().until(() -> asked.stream().filter(CompletableFuture::isDone).count() == 9);
            Files.createFile(files.resolve("gate"));
            assertThat(codes(asked))
                    .containsOnly(200, 503)
                    .filteredOn(code -> code == 200)
                    .hasSize(1);
            assertThat(served.client().get("/").send().code()).isEqualTo(200);
        }
    }

    @Test
    void a_client_that_leaves_closes_the_iterable_and_is_nobodys_error() {
        try (Served served = Served.of("python:rough:endless", "threads", "1")) {
            for (int i = 0; i < 3; i++) {
                Path closed = files.resolve("closed-" + i);
                leave(served, "/?" + closed);
                await().until(() -> Files.exists(closed));
            }
            assertThat(served.log().entries())
                    .noneMatch(entry -> entry.startsWith("WARNING") || entry.startsWith("SEVERE"));
        }
    }

    @Test
    void what_is_left_of_an_answer_never_reaches_the_next_request() {
        try (Served served = Served.of("python:rough:mixed", "threads", "2")) {
            for (int i = 0; i < 50; i++) {
                leave(served, "/endless?" + files.resolve("closed-" + i));
                assertThat(served.client().get("/token?" + i).send().text()).isEqualTo(Integer.toString(i));
            }
        }
    }

    /** Reads the first block, and leaves. */
    private static void leave(Served served, String path) {
        try (StreamedResponse response = served.client().get(path).open()) {
            assertThat(response.next()).isPresent();
        }
    }

    private List<CompletableFuture<TestResponse>> askToHold(Served served, int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> CompletableFuture.supplyAsync(
                        () -> served.client()
                                .get("/wait?" + files.resolve("gate"))
                                .send(),
                        clients))
                .toList();
    }

    private static List<Integer> codes(List<CompletableFuture<TestResponse>> asked) throws Exception {
        List<Integer> codes = new ArrayList<>();
        for (CompletableFuture<TestResponse> each : asked) {
            codes.add(each.get(30, TimeUnit.SECONDS).code());
        }
        return codes;
    }
}

package io.gangway.python;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gangway.testing.TestResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Workers that are replaced before they do harm, without a failed request. */
class ReplacementTest {
    @TempDir
    Path files;

    @Test
    void a_worker_is_replaced_after_its_lifetime() {
        try (Served served = Served.start("max-lifetime", "100ms", "request-timeout", "3s")) {
            long first = served.workerPid();
            await().untilAsserted(() -> assertThat(served.workerPid()).isNotEqualTo(first));
            assertThat(served.log().entries())
                    .anySatisfy(entry -> assertThat(entry)
                            .isEqualTo("INFO worker " + first
                                    + " is replaced: it has lived as long as gangway.max-lifetime allows"))
                    .noneSatisfy(entry -> assertThat(entry).startsWith("SEVERE"));
        }
    }

    @Test
    void the_longest_durations_do_not_end_the_supervision() {
        try (Served served = Served.start(
                "max-lifetime",
                "8760h",
                "queue-timeout",
                "8760h",
                "start-timeout",
                "8760h",
                "request-timeout",
                "500ms")) {
            long first = served.workerPid();
            assertThat(served.client().get("/busy").send().code()).isEqualTo(504);
            await().untilAsserted(() -> assertThat(served.workerPid()).isNotEqualTo(first));
            assertThat(served.log().entries())
                    .noneSatisfy(entry -> assertThat(entry).contains("the loop goes on"));
        }
    }

    @Test
    void a_worker_that_grows_is_replaced_when_the_next_one_is_ready() {
        try (Served served =
                Served.start("max-memory", "100M", "request-timeout", "5s", "threads", "1", "queue-size", "0")) {
            long first = served.workerPid();
            assertThat(served.client().get("/grow?150").send().code()).isEqualTo(200);
            // The queue has size 0, so that a request between two workers would be refused.
            await().untilAsserted(() -> assertThat(served.workerPid()).isNotEqualTo(first));
            assertThat(served.log().entries())
                    // The log is written by a thread of its own: what it says of the first one's start may come this
                    // late.
                    .filteredOn(entry -> entry.contains("gangway.max-memory")
                            || (entry.contains(" is ready after ") && !entry.contains("worker " + first + " ")))
                    .element(0)
                    .asString()
                    .isEqualTo("INFO worker " + first
                            + " is replaced: it holds more memory than gangway.max-memory allows");
            await().until(() -> ProcessHandle.of(first).isEmpty());
        }
    }

    @Test
    void starts_that_fail_have_longer_and_longer_pauses_while_another_worker_serves() throws Exception {
        Path directory = Files.createDirectory(files.resolve("directory"));
        try (Served served = Served.start("workers", "2", "chdir", directory.toString())) {
            long killed = served.workerPid();
            Files.delete(directory);
            ProcessHandle.of(killed).orElseThrow().destroyForcibly();
            // The other one proves that it serves.
            await().ignoreExceptions().until(() -> served.workerPid() != killed);
            await().untilAsserted(() -> assertThat(failedStarts(served)).isNotZero());
            long first = System.nanoTime();
            await().untilAsserted(() -> assertThat(failedStarts(served)).isGreaterThanOrEqualTo(5));
            // 250 ms, 500 ms and 1 s lie between the second and the fifth.
            assertThat(Duration.ofNanos(System.nanoTime() - first)).isGreaterThan(Duration.ofMillis(1500));
        }
    }

    @Test
    void a_request_that_is_under_way_is_finished_by_the_worker_that_is_replaced() throws Exception {
        try (Served served = Served.start("max-requests", "2", "threads", "2", "request-timeout", "10s")) {
            long first = served.workerPid();
            CompletableFuture<TestResponse> held = held(served);
            await().until(() -> Files.exists(files.resolve("gate.taken")));
            await().untilAsserted(() -> assertThat(served.workerPid()).isNotEqualTo(first));
            Files.createFile(files.resolve("gate"));
            assertThat(held.get(30, TimeUnit.SECONDS).code()).isEqualTo(200);
        }
    }

    @Test
    void a_request_that_hangs_does_not_take_its_neighbours_along() throws Exception {
        try (Served served = Served.start("threads", "2", "request-timeout", "1s")) {
            long first = served.workerPid();
            CompletableFuture<TestResponse> hanging = CompletableFuture.supplyAsync(
                    () -> served.client().get("/busy").send());
            // Begun while the other request hangs, and not late yet when that one is answered.
            await().until(() ->
                    served.client().get("/slow-stream?" + files).send().code() == 200 && hanging.isDone());
            assertThat(hanging.get(30, TimeUnit.SECONDS).code()).isEqualTo(504);
            await().untilAsserted(() -> assertThat(served.log().entries())
                    .anySatisfy(entry -> assertThat(entry)
                            .contains("[python " + first + "] gangway: what the worker's threads are doing:")
                            .contains("a_function_that_never_ends")));
            await().until(() -> ProcessHandle.of(first).isEmpty());
            assertThat(served.log().entries())
                    .noneSatisfy(entry -> assertThat(entry).contains("answered 502"));
        }
    }

    private static long failedStarts(Served served) {
        return served.log().entries().stream()
                .filter(entry -> entry.contains("the start is repeated"))
                .count();
    }

    private CompletableFuture<TestResponse> held(Served served) {
        return CompletableFuture.supplyAsync(
                () -> served.client().get("/hold?" + files.resolve("gate")).send());
    }
}

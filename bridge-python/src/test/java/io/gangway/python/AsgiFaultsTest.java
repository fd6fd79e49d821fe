package io.gangway.python;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gangway.testing.TestResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What an ASGI application may do to its worker, and what its clients get then. */
@Timeout(120)
class AsgiFaultsTest {
    @TempDir
    Path files;

    @Test
    void a_worker_that_dies_is_a_502_and_is_replaced() {
        try (Served served = Served.of("python:live:application")) {
            assertThat(served.client().get("/kill").send().code()).isEqualTo(502);
            await().until(() -> served.client().get("/hello").send().code() == 200);
        }
    }

    @Test
    void what_blocks_the_loop_is_logged_once_while_it_blocks() throws Exception {
        Path gate = files.resolve("gate");
        try (Served served = Served.of("python:live:application")) {
            CompletableFuture<TestResponse> held = CompletableFuture.supplyAsync(
                    () -> served.client().get("/block?" + gate).send());
            await().untilAsserted(() -> assertThat(served.log().entries())
                    .anySatisfy(entry -> assertThat(entry)
                            .contains("'s event loop has not turned for ")
                            .contains(" ms: a call blocks it, and 1 request or WebSocket waits (what its threads"))
                    .anySatisfy(entry -> assertThat(entry)
                            .contains("] gangway: what the worker's threads are doing:\n    ")
                            .contains("in block")));
            Files.createFile(gate);
            assertThat(held.get(30, TimeUnit.SECONDS).text()).isEqualTo("unblocked");
            assertThat(served.log().entries().stream().filter(it -> it.contains("has not turned")))
                    .hasSize(1);
        }
    }

    @Test
    void a_loop_that_hangs_for_longer_than_the_request_timeout_is_a_504_for_all_and_a_new_worker() throws Exception {
        Path gate = files.resolve("gate");
        try (Served served = Served.of("python:live:application", "request-timeout", "2s")) {
            String pid = served.client().get("/pid").send().text();
            CompletableFuture<TestResponse> held = CompletableFuture.supplyAsync(
                    () -> served.client().get("/hold?" + gate).send());
            await().until(() -> files.toFile().list().length == 1);
            assertThat(served.client().get("/block-for-ever").send().code()).isEqualTo(504);
            assertThat(held.get(30, TimeUnit.SECONDS).code()).isEqualTo(504);
            await().untilAsserted(() ->
                    assertThat(served.client().get("/pid").send().text()).isNotEqualTo(pid));
            assertThat(served.log().entries())
                    .anySatisfy(entry -> assertThat(entry)
                            .startsWith("SEVERE worker " + pid
                                    + "'s event loop has not turned for longer than the 2000 ms of"
                                    + " gangway.request-timeout, and keeps request \"test-"));
            await().untilAsserted(() -> assertThat(served.log().entries())
                    .anySatisfy(entry -> assertThat(entry)
                            .startsWith("WARNING [python " + pid + "] was ended by Gangway while it was doing this:\n")
                            .contains("in block_for_ever")));
        }
    }

    @Test
    void a_request_that_only_takes_long_is_not_timed_out() throws Exception {
        Path gate = files.resolve("gate");
        try (Served served = Served.of("python:live:application", "request-timeout", "300ms")) {
            CompletableFuture<TestResponse> held = CompletableFuture.supplyAsync(
                    () -> served.client().get("/hold?" + gate).send());
            await().until(() -> files.toFile().list().length == 1);
            long begun = System.nanoTime();
            await().until(() -> System.nanoTime() - begun > TimeUnit.SECONDS.toNanos(1)); // three times as long
            Files.createFile(gate);
            assertThat(held.get(30, TimeUnit.SECONDS).code()).isEqualTo(200);
        }
    }

    @Test
    void a_reload_lets_requests_finish_in_the_old_worker_and_serves_others_in_a_new_one() throws Exception {
        Path gate = files.resolve("gate");
        try (Served served = Served.of("python:live:application")) {
            String pid = served.client().get("/pid").send().text();
            CompletableFuture<TestResponse> held = CompletableFuture.supplyAsync(
                    () -> served.client().get("/hold?" + gate).send());
            await().until(() -> files.toFile().list().length == 1);
            served.workers().reload("the test");
            await().untilAsserted(() ->
                    assertThat(served.client().get("/pid").send().text()).isNotEqualTo(pid));
            Files.createFile(gate);
            assertThat(held.get(30, TimeUnit.SECONDS).text()).isEqualTo(pid);
            await().until(() -> ProcessHandle.of(Long.parseLong(pid))
                    .filter(ProcessHandle::isAlive)
                    .isEmpty());
        }
    }

    @Test
    void a_shutdown_that_never_ends_is_logged_when_its_worker_is_given_up() {
        Served served = Served.of("python:live:application", "env.LIVE_SHUTDOWN", "hangs", "graceful-timeout", "500ms");
        String first = served.client().get("/pid").send().text();
        served.workers().reload("the test");
        await().untilAsserted(() -> assertGivenUp(served, first));
        String second = served.client().get("/pid").send().text();
        served.close();
        assertGivenUp(served, second);
    }

    private static void assertGivenUp(Served served, String pid) {
        assertThat(served.log().named())
                .contains(
                        "SEVERE [live:application] [python " + pid
                                + "] gangway: the worker is given up 0.5 s after it was told to end"
                                + " (gangway.graceful-timeout, its requests' time included): the application has not answered"
                                + " lifespan.shutdown. Fix: limit the time of what its shutdown waits for, or raise the timeout");
    }
}

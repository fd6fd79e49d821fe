package io.gangway.python;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gangway.exchange.Outcome.Ending;
import io.gangway.testing.TestResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The client's answer and the log's entries when a worker dies, hangs or is busy. */
class WorkerLossTest {
    @TempDir
    Path files;

    @Test
    void a_worker_that_is_killed_during_a_request_is_a_502() throws Exception {
        try (Served served = Served.start("threads", "2")) {
            long pid = served.workerPid();
            CompletableFuture<TestResponse> held = held(served);
            awaitTaken();
            ProcessHandle.of(pid).orElseThrow().destroyForcibly();
            assertThat(held.get(30, TimeUnit.SECONDS).code()).isEqualTo(502);
            await().untilAsserted(() -> assertThat(served.log().entries())
                    .anySatisfy(entry -> assertThat(entry)
                            .startsWith("SEVERE request \"test-")
                            .contains("(\"GET\" \"/hold\")")
                            .contains("answered 502: worker " + pid + " was killed by signal 9 (SIGKILL")));
            assertThat(served.workerPid()).isNotEqualTo(pid);
        }
    }

    @Test
    void a_worker_that_is_killed_while_idle_costs_no_request() throws Exception {
        try (Served served = Served.start("threads", "3")) {
            for (int i = 0; i < 5; i++) {
                long pid = served.workerPid();
                ProcessHandle worker = ProcessHandle.of(pid).orElseThrow();
                worker.destroyForcibly();
                assertThat(served.client().get("/").send().code()).isEqualTo(200);
                worker.onExit().get(30, TimeUnit.SECONDS);
            }
        }
    }

    @Test
    void a_worker_that_exits_is_a_502_or_a_broken_response() {
        try (Served served = Served.start()) {
            assertThat(served.client().get("/leave").send().code()).isEqualTo(502);
            await().untilAsserted(() -> assertThat(served.log().entries())
                    .anySatisfy(
                            entry -> assertThat(entry).contains("answered 502").contains("exited with status 7")));
            TestResponse response = served.client().get("/leave-late").send();
            assertThat(response.text()).isEqualTo("a part");
            assertThat(response.outcome().ending()).isEqualTo(Ending.BROKEN);
            assertThat(response.outcome().problem())
                    .isInstanceOf(WorkerDiedException.class)
                    .hasMessageContaining("exited with status 7")
                    .extracting(Throwable::getStackTrace)
                    .isEqualTo(new StackTraceElement[0]);
            assertThat(served.client().get("/").send().code()).isEqualTo(200);
        }
    }

    @Test
    void a_request_that_takes_too_long_is_a_504_with_the_stacks_in_the_log() {
        try (Served served = Served.start("request-timeout", "300ms")) {
            long pid = served.workerPid();
            assertThat(served.client().get("/busy").send().code()).isEqualTo(504);
            await().untilAsserted(() -> assertThat(served.log().entries())
                    .anySatisfy(entry -> assertThat(entry).contains("ms of gangway.request-timeout"))
                    .anySatisfy(entry -> assertThat(entry)
                            .contains("[python " + pid + "] was ended by Gangway while it was doing this:")
                            .contains("a_function_that_never_ends")));
            assertThat(served.workerPid()).isNotEqualTo(pid);
        }
    }

    @Test
    void a_full_queue_is_a_503_with_retry_after() throws Exception {
        try (Served served = Served.start("threads", "1", "queue-size", "0")) {
            CompletableFuture<TestResponse> held = held(served);
            awaitTaken();
            TestResponse refused = served.client().get("/").send();
            assertThat(refused.code()).isEqualTo(503);
            assertThat(refused.header("Retry-After")).contains("1");
            await().untilAsserted(() -> assertThat(served.log().entries())
                    .anySatisfy(
                            entry -> assertThat(entry).contains("answered 503").contains("gangway.queue-size")));
            Files.createFile(files.resolve("gate"));
            assertThat(held.get(30, TimeUnit.SECONDS).code()).isEqualTo(200);
        }
    }

    @Test
    void a_wait_that_is_too_long_is_a_503() throws Exception {
        try (Served served = Served.start("threads", "1", "queue-timeout", "50ms")) {
            CompletableFuture<TestResponse> held = held(served);
            awaitTaken();
            assertThat(served.client().get("/").send().code()).isEqualTo(503);
            await().untilAsserted(() -> assertThat(served.log().entries())
                    .anySatisfy(entry -> assertThat(entry).contains("within the 50 ms of gangway.queue-timeout")));
            Files.createFile(files.resolve("gate"));
            assertThat(held.get(30, TimeUnit.SECONDS).code()).isEqualTo(200);
        }
    }

    @Test
    void a_worker_is_replaced_after_its_requests_without_losing_one() {
        try (Served served = Served.start("max-requests", "20", "request-timeout", "200ms")) {
            long first = served.workerPid();
            await().untilAsserted(() -> assertThat(served.workerPid()).isNotEqualTo(first));
            assertThat(served.log().entries())
                    .anySatisfy(entry -> assertThat(entry).contains("gangway.max-requests"))
                    .noneSatisfy(entry -> assertThat(entry).startsWith("SEVERE"));
        }
    }

    @Test
    void a_launcher_that_dies_is_started_again() {
        try (Served served = Served.start()) {
            long worker = served.workerPid();
            long launcher = ProcessHandle.of(worker)
                    .orElseThrow()
                    .parent()
                    .orElseThrow()
                    .pid();
            ProcessHandle.of(launcher).orElseThrow().destroyForcibly();
            await().untilAsserted(() -> assertThat(served.workerPid()).isNotEqualTo(worker));
            await().until(() ->
                    ProcessHandle.of(worker).filter(ProcessHandle::isAlive).isEmpty());
        }
    }

    private CompletableFuture<TestResponse> held(Served served) {
        return CompletableFuture.supplyAsync(
                () -> served.client().get("/hold?" + files.resolve("gate")).send());
    }

    /** One of the worker's marks says that it has called the application. */
    private void awaitTaken() throws IOException {
        await().until(() -> Files.exists(files.resolve("gate.taken")));
        Files.delete(files.resolve("gate.taken"));
    }
}

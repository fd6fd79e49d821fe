package io.gangway.python;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gangway.exchange.Outcome.Ending;
import io.gangway.testing.StreamedResponse;
import io.gangway.testing.TestResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Requests that never end: the client gets an answer, the log the stacks, and other requests a new worker. */
@Timeout(60)
class StuckApplicationTest {
    @TempDir
    Path files;

    @ParameterizedTest
    @CsvSource({"/block, do_block", "/block_with_the_gil, do_block_with_the_gil", "/backtrack, do_backtrack"})
    void what_hangs_is_a_504_with_its_stacks_in_the_log_whoever_has_the_gil(String path, String function) {
        try (Served served = stuck()) {
            long pid = pid(served);
            assertThat(served.client().get(path).send().code()).isEqualTo(504);
            await().untilAsserted(() -> assertThat(served.log().entries())
                    .anySatisfy(entry -> assertThat(entry)
                            .startsWith("SEVERE worker " + pid + " keeps request \"test-")
                            .contains("ms of gangway.request-timeout"))
                    .anySatisfy(entry -> assertThat(entry)
                            .startsWith(
                                    "WARNING [python " + pid + "] was ended by Gangway while it was doing this:\n    ")
                            .contains("in " + function)));
            assertThat(served.log().entries())
                    .as("what looks like a crash")
                    .noneMatch(entry -> entry.contains("Fatal Python error"))
                    .as("lines of a stack")
                    .noneMatch(entry -> entry.contains("stderr:"));
            await().untilAsserted(() -> assertThat(pid(served)).isNotEqualTo(pid));
            assertThat(ProcessHandle.of(pid).filter(ProcessHandle::isAlive)).isEmpty();
        }
    }

    @Test
    void what_hangs_after_its_head_breaks_the_response_off() {
        try (Served served = Served.of("python:rough:hang_after_head", "request-timeout", "500ms")) {
            TestResponse response = served.client().get("/").send();
            assertThat(response.text()).isEqualTo("a part");
            assertThat(response.outcome().ending()).isEqualTo(Ending.BROKEN);
            assertThat(response.outcome().problem())
                    .isInstanceOf(WorkerDiedException.class)
                    .hasMessageContaining("took longer than gangway.request-timeout");
        }
    }

    @Test
    void what_hangs_after_its_client_has_left_is_replaced_too() throws IOException {
        try (Served served = Served.of(
                "python:rough:hang_after_head", "request-timeout", "500ms", "threads", "1", "graceful-timeout", "1s")) {
            try (StreamedResponse response = served.client().get("/").open()) {
                assertThat(response.next()).isPresent();
            }
            await().untilAsserted(() -> assertThat(served.log().entries())
                    .anySatisfy(
                            entry -> assertThat(entry)
                                    .contains(
                                            "is replaced: one of its threads has been busy for longer than gangway.request-timeout"))
                    .anySatisfy(entry -> assertThat(entry)
                            .contains("] gangway: what the worker's threads are doing:\n    ")
                            .contains("in hang_after_head")));
            assertThat(served.client().get("/").send().text()).isEqualTo("a part");
        }
    }

    @Test
    void a_process_that_is_stopped_is_replaced_and_is_not_said_to_have_left_its_stacks() throws Exception {
        try (Served served = stuck()) {
            long pid = pid(served);
            Process stop = new ProcessBuilder("/bin/sh", "-c", "kill -STOP " + pid).start();
            assertThat(stop.waitFor()).isZero();
            awaitStopped(pid);
            assertThat(served.client().get("/pid").send().code()).isEqualTo(504);
            await().untilAsserted(() -> assertThat(pid(served)).isNotEqualTo(pid));
            await().untilAsserted(() -> assertThat(served.log().entries())
                    .contains("WARNING [python " + pid
                            + "] was ended, and wrote no stacks: it did not react to the signal that asks for"
                            + " them. Perhaps it was stopped (SIGSTOP), or waited for a device"));
            assertThat(served.log().entries()).noneMatch(entry -> entry.contains("in the log above"));
        }
    }

    @Test
    void a_stop_does_not_wait_for_what_hangs() throws Exception {
        CompletableFuture<TestResponse> held;
        long started;
        try (Served served = Served.of("python:rough:application", "graceful-timeout", "500ms")) {
            Path gate = files.resolve("taken");
            held = CompletableFuture.supplyAsync(
                    () -> served.client().get("/block_with_the_gil?" + gate).send());
            await().until(() -> Files.exists(gate));
            started = System.nanoTime();
        }
        assertThat(TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - started)).isLessThan(10);
        assertThat(held.get(30, TimeUnit.SECONDS).code()).isEqualTo(502);
    }

    /** On a busy machine, another thread of the process may run on until the one that got the signal has its turn. */
    private static void awaitStopped(long pid) {
        Path status = Path.of("/proc/" + pid + "/status"); // Linux, proc(5)
        await().until(() -> !Files.exists(status) || Files.readString(status).contains("State:\tT"));
    }

    private static Served stuck() {
        return Served.of("python:rough:application", "request-timeout", "500ms", "threads", "2");
    }

    private static long pid(Served served) {
        return Long.parseLong(served.client().get("/pid").send().text());
    }
}

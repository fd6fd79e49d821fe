package io.gangway.python;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gangway.testing.TestResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Applications that harm their own process, and the answers that their clients get. No request hangs: each has a deadline. */
@Timeout(60)
class RoughApplicationTest {
    @TempDir
    Path files;

    // Ways to end.

    @ParameterizedTest
    @CsvSource({
        "/exit?0, exited with status 0",
        "/exit?3, exited with status 3",
        "/signal?9, 'was killed by signal 9 (SIGKILL: a person or program killed it, or the kernel, because memory was short)'",
        "/segfault, 'was killed by signal 11 (SIGSEGV: a crash in native code; its stacks are in the log above)'"
    })
    void a_process_that_ends_in_a_request_is_a_502_and_is_replaced(String path, String how) {
        try (Served served = rough()) {
            long pid = pid(served);
            assertThat(served.client().get(path).send().code()).isEqualTo(502);
            await().untilAsserted(() -> assertThat(served.log().entries())
                    .anySatisfy(entry -> assertThat(entry).contains("answered 502: worker " + pid + " " + how)));
            assertThat(pid(served)).isNotEqualTo(pid);
        }
    }

    @Test
    void a_request_that_kills_its_worker_again_and_again_makes_nobody_wait() {
        try (Served served = rough("preload", "true", "queue-timeout", "2s")) {
            for (int i = 0;
                    i < 8;
                    i++) { // if each made the pause before the next start longer, it would be seconds by now
                assertThat(served.client().get("/exit?1").send().code()).isEqualTo(502);
                assertThat(served.client().get("/pid").send().code()).isEqualTo(200);
            }
        }
    }

    @Test
    void a_crash_in_native_code_leaves_its_stacks_in_the_log() {
        try (Served served = rough()) {
            assertThat(served.client().get("/segfault").send().code()).isEqualTo(502);
            await().untilAsserted(() -> assertThat(served.log().entries())
                    .filteredOn(entry -> entry.contains("Fatal Python error"))
                    .singleElement()
                    .asString()
                    .matches(
                            "(?s)SEVERE \\[python \\d+] crashed: Fatal Python error: Segmentation fault; while it was doing this:\n"
                                    + "    .* in do_segfault\n.*"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"SystemExit", "KeyboardInterrupt", "MemoryError"})
    void what_ends_other_programs_ends_a_request_only(String exception) {
        try (Served served = rough()) {
            long pid = pid(served);
            TestResponse response = served.client().get("/raise?" + exception).send();
            assertThat(response.code()).isEqualTo(500);
            assertThat(response.outcome().problem())
                    .isInstanceOf(PythonApplicationException.class)
                    .hasMessageContaining(exception)
                    .hasMessageContaining("in do_raise");
            assertThat(pid(served)).isEqualTo(pid);
        }
    }

    @Test
    void memory_that_runs_out_within_pythons_reach_is_a_500() {
        try (Served served = rough()) {
            long pid = pid(served);
            TestResponse response =
                    served.client().get("/eat_memory?" + (64 << 20)).send();
            assertThat(response.code()).isEqualTo(500);
            assertThat(response.outcome().problem()).hasMessageContaining("MemoryError");
            assertThat(pid(served)).isEqualTo(pid);
        }
    }

    @Test
    void signals_that_it_sends_itself_end_nothing() {
        try (Served served = rough()) {
            long pid = pid(served);
            for (int signal : new int[] {1, 2, 15}) {
                assertThat(served.client().get("/signal?" + signal).send().text())
                        .isEqualTo("alive");
            }
            assertThat(pid(served)).isEqualTo(pid);
        }
    }

    // Processes.

    @ParameterizedTest
    @ValueSource(strings = {"/fork_and_exit", "/fork_and_return"})
    void a_fork_gives_one_answer_and_it_is_the_parents(String path) {
        try (Served served = rough("threads", "2")) {
            long pid = pid(served);
            for (int i = 0; i < 5; i++) {
                assertThat(served.client().get(path).send().text())
                        .isEqualTo(path.equals("/fork_and_exit") ? "parent" : "answered by " + pid);
                assertThat(served.client().get("/token?" + i).send().text()).isEqualTo(Integer.toString(i));
            }
            assertThat(pid(served)).isEqualTo(pid);
        }
    }

    @Test
    void a_forked_child_that_outlives_its_worker_keeps_nobody_waiting() throws Exception {
        Path gate = Files.createFile(files.resolve("gate"));
        ProcessHandle child;
        try (Served served = rough()) {
            long pid = pid(served);
            child = ProcessHandle.of(Long.parseLong(
                            served.client().get("/fork_and_stay?" + gate).send().text()))
                    .orElseThrow();
            ProcessHandle.of(pid).orElseThrow().destroyForcibly();
            await().untilAsserted(() -> assertThat(pid(served)).isNotEqualTo(pid));
        } finally {
            Files.delete(gate);
        }
        child.onExit().get(30, TimeUnit.SECONDS);
    }

    @Test
    void processes_that_it_terminates_end() {
        try (Served served = rough()) {
            assertThat(served.client().get("/terminate?20").send().text()).isEqualTo("{-15}");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"fork", "spawn", "forkserver"})
    void daemonic_processes_of_multiprocessing_end_with_the_application(String method) throws Exception {
        ProcessHandle child;
        try (Served served = rough()) {
            child = daemon(served, method);
            assertThat(child.isAlive()).isTrue();
        }
        assertThatItEnds(child);
    }

    @Test
    void daemonic_processes_of_multiprocessing_end_when_the_application_is_reloaded() throws Exception {
        Path trigger = files.resolve("deployed");
        try (Served served = rough("reload", "touch:" + trigger)) {
            ProcessHandle child = daemon(served, "fork");
            Files.createFile(trigger);
            assertThatItEnds(child);
        }
    }

    @EnabledOnOs(value = OS.LINUX, disabledReason = "other systems give a dead process's children to process 1")
    @ParameterizedTest
    @ValueSource(strings = {"/block", "/block_with_the_gil"})
    void daemonic_processes_of_multiprocessing_end_with_a_worker_that_is_killed_for_a_timeout(String path)
            throws Exception {
        try (Served served = rough("request-timeout", "2s")) {
            ProcessHandle child = daemon(served, "fork");
            assertThat(served.client().get(path).send().code()).isEqualTo(504);
            assertThatItEnds(child);
        }
    }

    private static ProcessHandle daemon(Served served, String method) {
        String pid = served.client().get("/start_daemon?" + method).send().text();
        return ProcessHandle.of(Long.parseLong(pid)).orElseThrow();
    }

    private static void assertThatItEnds(ProcessHandle process) throws Exception {
        process.onExit().get(30, TimeUnit.SECONDS);
        assertThat(process.isAlive()).isFalse();
    }

    // Files and streams.

    @Test
    void low_descriptors_that_it_closes_harm_nothing() {
        try (Served served = rough("threads", "2")) {
            long pid = pid(served);
            assertThat(served.client().get("/close_descriptors?3-256").send().text())
                    .isEqualTo("closed");
            assertThat(pid(served)).isEqualTo(pid);
        }
    }

    @Test
    void descriptors_of_the_bridge_that_it_closes_are_a_502_and_the_log_says_why() {
        try (Served served = rough("threads", "2")) {
            long pid = pid(served);
            assertThat(served.client().get("/close_descriptors?3-65536").send().code())
                    .isEqualTo(502);
            await().untilAsserted(() -> assertThat(served.log().entries())
                    .anySatisfy(entry -> assertThat(entry)
                            .contains("[python " + pid + "] stderr: gangway: the worker ends and will be replaced: "
                                    + "the application has closed descriptors that are not its own"))
                    .anySatisfy(entry ->
                            assertThat(entry).contains("answered 502: worker " + pid + " exited with status 4")));
            assertThat(pid(served)).isNotEqualTo(pid);
        }
    }

    @Test
    void descriptors_that_run_out_do_not_end_the_connections_that_are_there() {
        try (Served served = rough("threads", "1")) {
            long pid = pid(served);
            assertThat(Integer.parseInt(
                            served.client().get("/exhaust_descriptors").send().text()))
                    .isPositive();
            assertThat(pid(served)).isEqualTo(pid);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/replace_streams", "/close_streams"})
    void streams_that_it_takes_away_are_its_own_business(String path) {
        try (Served served = rough()) {
            long pid = pid(served);
            assertThat(served.client().get(path).send().code()).isEqualTo(200);
            assertThat(served.client().get("/log_much?1").send().code()).isEqualTo(200);
            assertThat(pid(served)).isEqualTo(pid);
        }
    }

    @Test
    void the_directory_that_it_works_in_is_its_processs_and_a_replacement_has_the_first_again() {
        try (Served served = rough(
                "chdir", files.toString(), "python-path", Served.directory().toString())) {
            long pid = pid(served);
            assertThat(served.client().get("/change_directory?/").send().text()).isEqualTo("/");
            assertThat(served.client().get("/where").send().text()).isEqualTo("/");
            ProcessHandle.of(pid).orElseThrow().destroyForcibly();
            await().untilAsserted(() ->
                    assertThat(served.client().get("/where").send().text()).isEqualTo(files.toString()));
        }
    }

    // Signals and threads.

    @Test
    void an_alarm_whose_handler_raises_ends_nothing_and_the_log_tells() {
        try (Served served = rough()) {
            long pid = pid(served);
            assertThat(served.client().get("/alarm").send().text()).isEqualTo("set");
            await().untilAsserted(() -> assertThat(served.log().entries())
                    .anySatisfy(entry -> assertThat(entry)
                            .startsWith(
                                    "SEVERE [python " + pid + "] gangway: a signal handler of the application raised an"
                                            + " exception; the worker goes on: TimeoutError: too late\n")));
            assertThat(pid(served)).isEqualTo(pid);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"daemon", "no-daemon"})
    void a_thread_that_never_ends_does_not_keep_the_worker(String kind) throws IOException {
        ProcessHandle worker;
        Duration graceful = Duration.ofSeconds(1);
        long started;
        try (Served served = rough("graceful-timeout", "1s")) {
            worker = ProcessHandle.of(pid(served)).orElseThrow();
            assertThat(served.client().get("/thread?" + kind).send().text()).isEqualTo("started");
            started = System.nanoTime();
        }
        assertThat(worker.isAlive()).isFalse();
        assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(graceful.plusSeconds(4));
    }

    @Test
    void threads_that_run_out_cost_the_next_requests_nothing() {
        try (Served served = rough("threads", "2", "graceful-timeout", "1s")) {
            long pid = pid(served);
            assertThat(Integer.parseInt(
                            served.client().get("/exhaust_threads").send().text()))
                    .isPositive();
            for (int i = 0; i < 5; i++) {
                assertThat(pid(served)).isEqualTo(pid);
            }
        }
    }

    private static Served rough(String... settings) {
        return Served.of("python:rough:application", settings);
    }

    private static long pid(Served served) {
        return Long.parseLong(served.client().get("/pid").send().text());
    }
}

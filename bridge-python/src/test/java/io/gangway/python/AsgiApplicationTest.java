package io.gangway.python;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.gangway.deploy.DeploymentException;
import io.gangway.exchange.Outcome.Ending;
import io.gangway.testing.StreamedResponse;
import io.gangway.testing.TestResponse;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** ASGI applications in a healthy worker: HTTP and lifespan. */
@Timeout(120)
class AsgiApplicationTest {
    private static Served served;

    @TempDir
    Path files;

    @BeforeAll
    static void deploy() {
        served = Served.of("python:live:application");
    }

    @AfterAll
    static void stop() {
        if (served != null) {
            served.close();
        }
    }

    @Test
    void answers_a_get() {
        TestResponse response = served.client().get("/hello").send();
        assertThat(response.code()).isEqualTo(200);
        assertThat(response.text()).isEqualTo("Hello from asyncio");
        assertThat(response.header("Content-Length")).contains("18");
    }

    @Test
    void answers_many_on_one_connection() {
        for (int i = 0; i < 600; i++) { // more than twice around the sequence numbers
            assertThat(served.client().get("/hello").send().code()).isEqualTo(200);
        }
    }

    /** A01-A04. */
    @Test
    void the_scope_has_the_path_as_text_and_as_it_was_sent() {
        TestResponse response =
                served.client().mountedAt("/shop").get("/shop/describe?a=%20b").send();
        assertThat(response.text())
                .contains(
                        "'type': 'http'",
                        "'http_version': '1.1'",
                        "'method': 'GET'",
                        "'scheme': 'http'",
                        "'path': '/shop/describe'",
                        "'raw_path': b'/shop/describe'",
                        "'root_path': '/shop'",
                        "'query_string': b'a=%20b'",
                        "'asgi': {'version': '3.0', 'spec_version': '2.5'}");
    }

    /** A05, A40. */
    @Test
    void each_request_gets_a_copy_of_what_the_startup_left_in_the_loop_that_serves() {
        for (int i = 0; i < 2; i++) {
            assertThat(served.client().get("/state").send().text()).isEqualTo("True shared 1");
        }
    }

    /** A10. */
    @Test
    void bodies_of_known_and_unknown_length_are_read_while_they_arrive() {
        byte[] body = new byte[5_000_000];
        new Random(1).nextBytes(body);
        for (String path : List.of("/echo", "/mirror")) {
            assertThat(served.client()
                            .post(path)
                            .body(body, "application/octet-stream")
                            .send()
                            .bytes())
                    .isEqualTo(body);
            assertThat(served.client()
                            .post(path)
                            .body(new ByteArrayInputStream(body), "application/octet-stream")
                            .send()
                            .bytes())
                    .isEqualTo(body);
        }
        assertThat(served.client()
                        .post("/echo")
                        .body(new byte[0], "text/plain")
                        .send()
                        .bytes())
                .isEmpty();
    }

    @Test
    void a_body_that_is_not_read_is_not_asked_for() {
        assertThat(served.client()
                        .post("/never-reads")
                        .body(new byte[300_000], "text/plain")
                        .send()
                        .text())
                .isEqualTo("not read");
        assertThat(served.client().get("/hello").send().code()).isEqualTo(200);
    }

    @Test
    void streams_each_block_when_it_is_there() throws IOException {
        Path gate = files.resolve("gate");
        try (StreamedResponse response = served.client().get("/stream?" + gate).open()) {
            assertThat(response.next())
                    .hasValueSatisfying(
                            block -> assertThat(block).asString(UTF_8).isEqualTo("one\n"));
            Files.createFile(gate);
            assertThat(response.rest()).asString(UTF_8).isEqualTo("two\n");
        }
    }

    @Test
    @Tag("A14")
    void the_head_does_not_wait_for_a_body_that_comes_late() throws IOException {
        Path gate = files.resolve("gate");
        try (StreamedResponse response =
                served.client().get("/head-first?" + gate).open()) {
            assertThat(response.code()).isEqualTo(202);
            Files.createFile(gate);
            assertThat(response.rest()).asString(UTF_8).isEqualTo("late");
        }
    }

    /** A12, A13. */
    @Test
    void a_send_waits_for_the_client_and_fails_when_it_has_left() throws IOException {
        Path note = files.resolve("note");
        try (StreamedResponse response = served.client().get("/flood?" + note).open()) {
            assertThat(response.next()).isPresent();
        }
        await().until(() -> Files.exists(note));
        String[] told = Files.readString(note).split(" ", -1);
        assertThat(told[0]).isEqualTo("ClientLeft");
        assertThat(Long.parseLong(told[1]))
                .as("bytes sent to a client that read one block")
                .isLessThan(20L << 20);
        assertThat(served.log().entries()).noneMatch(entry -> entry.contains("ClientLeft"));
    }

    /** A11. */
    @Test
    void a_client_that_leaves_is_told_by_receive() throws IOException {
        Path note = files.resolve("note");
        try (StreamedResponse response =
                served.client().get("/wait-for-disconnect?" + note).open()) {
            assertThat(response.next()).isPresent();
        }
        await().until(() -> Files.exists(note));
        assertThat(Files.readString(note)).isEqualTo("http.disconnect");
    }

    /** A11, A15. */
    @Test
    void a_task_goes_on_after_its_response_and_keeps_no_client_waiting() throws IOException {
        Path note = files.resolve("note");
        assertThat(served.client().get("/after-the-response?" + note).send().text())
                .isEqualTo("answered");
        assertThat(note).doesNotExist();
        Files.createFile(files.resolve("note.gate"));
        await().until(() -> Files.exists(note));
        assertThat(Files.readString(note)).isEqualTo("http.disconnect");
    }

    /** A14, A17. */
    @Test
    void a_failure_before_the_first_byte_is_a_500_with_its_traceback() {
        TestResponse response = served.client().get("/fail-early").send();
        assertThat(response.code()).isEqualTo(500);
        assertThat(response.text()).doesNotContain("ValueError");
        assertThat(response.outcome().problem())
                .isInstanceOf(PythonApplicationException.class)
                .hasMessageContaining("ValueError: before the body")
                .hasMessageContaining("in fail_early");
        assertThat(served.client().get("/exit").send().outcome().problem()).hasMessageContaining("SystemExit: 7");
    }

    @Test
    void a_failure_after_the_first_byte_breaks_the_response_off() {
        TestResponse response = served.client().get("/fail-late").send();
        assertThat(response.text()).isEqualTo("a part");
        assertThat(response.outcome().ending()).isEqualTo(Ending.BROKEN);
        assertThat(response.outcome().problem()).hasMessageContaining("ValueError: after the head");
    }

    @Test
    void a_failure_after_the_whole_response_is_logged_with_its_request() {
        assertThat(served.client().get("/fail-afterwards").send().text()).isEqualTo("all of it");
        await().untilAsserted(() -> assertThat(served.log().entries())
                .anySatisfy(entry -> assertThat(entry)
                        .contains(" gangway request \"test-")
                        .contains(
                                "the application failed after its response was complete: ValueError: after the end")));
    }

    /** A15, A16, A17: each error tells the event and the state. */
    @Test
    void an_application_that_breaks_a_rule_is_told_which() {
        assertThat(served.client().get("/no-response").send().outcome().problem())
                .hasMessageContaining("A17, the application's return: expected a complete response; found no start");
        assertThat(served.client().get("/half-a-response").send().outcome().problem())
                .hasMessageContaining("found no last part of the body");
        assertThat(served.client().get("/body-first").send().outcome().problem())
                .hasMessageContaining("A15, send: expected http.response.start, because nothing has been sent; found"
                        + " \"http.response.body\"");
        assertThat(served.client().get("/split").send().outcome().problem())
                .hasMessageContaining("A16, http.response.start: expected a value without control characters for header"
                        + " \"x-name\"; found \"a\\r\\nb: c\"");
        assertThat(served.client().get("/hop-by-hop").send().outcome().problem())
                .hasMessageContaining("W52, http.response.start: expected no hop-by-hop header; found \"trailer\"");
    }

    @Test
    void a_head_request_and_a_204_have_no_body() {
        TestResponse head = served.client().head("/hello").send();
        assertThat(head.bytes()).isEmpty();
        TestResponse empty = served.client().get("/empty").send();
        assertThat(empty.code()).isEqualTo(204);
        assertThat(empty.bytes()).isEmpty();
    }

    @Test
    void requests_that_run_at_the_same_time_have_contexts_of_their_own() throws Exception {
        List<String> told = inParallel(
                40, number -> served.client().get("/context?" + number).send().text());
        assertThat(told)
                .containsExactlyElementsOf(
                        IntStream.range(0, 40).mapToObj(it -> "none " + it).toList());
    }

    @Test
    void a_record_has_the_id_of_the_request_whose_task_logs_it() {
        served.client().get("/log").send();
        await().untilAsserted(() -> assertThat(served.log().entries())
                .anySatisfy(entry ->
                        assertThat(entry).contains(" live request \"test-").contains(": logged by a task")));
    }

    @Test
    void a_forked_child_that_comes_back_to_the_loop_ends() {
        String pid = served.client().get("/pid").send().text();
        assertThat(served.client().get("/fork").send().text()).isEqualTo(pid);
        assertThat(served.client().get("/pid").send().text()).isEqualTo(pid);
    }

    @Test
    void many_requests_wait_in_one_worker_without_a_thread_for_each() throws Exception {
        Path gate = files.resolve("gate");
        ExecutorService clients = Executors.newCachedThreadPool();
        try {
            List<CompletableFuture<TestResponse>> held = IntStream.range(0, 200)
                    .mapToObj(it -> CompletableFuture.supplyAsync(
                            () -> served.client().get("/hold?" + gate).send(), clients))
                    .toList();
            await().atMost(60, TimeUnit.SECONDS).until(() -> count(files) == 200);
            assertThat(served.client().get("/hello").send().code()).isEqualTo(200);
            Files.createFile(gate);
            for (CompletableFuture<TestResponse> each : held) {
                assertThat(each.get(30, TimeUnit.SECONDS).code()).isEqualTo(200);
            }
        } finally {
            clients.shutdownNow();
        }
    }

    @Test
    void beyond_the_concurrency_requests_wait_in_the_queue_which_is_bounded() throws Exception {
        Path gate = files.resolve("gate");
        ExecutorService clients = Executors.newCachedThreadPool();
        try (Served small = Served.of("python:live:application", "asgi-concurrency", "3", "queue-size", "2")) {
            List<CompletableFuture<TestResponse>> held = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                held.add(CompletableFuture.supplyAsync(
                        () -> small.client().get("/hold?" + gate).send(), clients));
            }
            await().until(() -> count(files) == 3);
            await().until(() -> small.client().get("/hello").send().code() == 503);
            assertThat(count(files)).isEqualTo(3);
            Files.createFile(gate);
            for (CompletableFuture<TestResponse> each : held) {
                assertThat(each.get(30, TimeUnit.SECONDS).code()).isEqualTo(200);
            }
        } finally {
            clients.shutdownNow();
        }
    }

    /** A42. */
    @Test
    void a_stop_runs_the_shutdown_in_the_loop_that_served() throws IOException {
        Path note = files.resolve("shutdown");
        try (Served other = Served.of("python:live:application", "env.LIVE_SHUTDOWN", note.toString())) {
            assertThat(other.client().get("/hello").send().code()).isEqualTo(200);
            assertThat(note).doesNotExist();
        }
        assertThat(Files.readString(note)).isEqualTo("shut down in the same loop");
    }

    /** A42: requests come first. */
    @Test
    void a_stop_lets_requests_finish() throws Exception {
        Path gate = files.resolve("gate");
        CompletableFuture<TestResponse> held;
        CompletableFuture<Void> stopping;
        Served other = Served.of("python:live:application");
        held = CompletableFuture.supplyAsync(
                () -> other.client().get("/hold?" + gate).send());
        await().until(() -> count(files) == 1);
        stopping = CompletableFuture.runAsync(other::close);
        await().until(() -> other.client().get("/hello").send().code() == 503);
        Files.createFile(gate);
        assertThat(held.get(30, TimeUnit.SECONDS).code()).isEqualTo(200);
        stopping.get(30, TimeUnit.SECONDS);
    }

    /** A41. */
    @Test
    void a_startup_that_fails_is_a_start_that_fails_with_the_applications_words() {
        assertThatThrownBy(() -> Served.of("python:live:application", "env.LIVE_STARTUP", "fails"))
                .isInstanceOf(DeploymentException.class)
                .hasMessageContaining(
                        "step lifespan of \"live:application\" failed: the application's startup failed: OSError: no database")
                .hasMessageContaining("Traceback:\n");
    }

    /** A41. */
    @Test
    void an_application_without_a_lifespan_is_served_unless_it_must_have_one() {
        try (CapturedLog log = new CapturedLog();
                Served other = Served.of("python:live:application", "env.LIVE_STARTUP", "raises")) {
            assertThat(other.client().get("/hello").send().code()).isEqualTo(200);
            await().untilAsserted(() -> assertThat(log.entries())
                    .anySatisfy(entry -> assertThat(entry)
                            .startsWith("INFO")
                            .contains("gangway: the application is served without a lifespan: it ended without an"
                                    + " answer to lifespan.startup: ValueError: no lifespan here (an error if")));
        }
        try (Served other = Served.of(
                "python:live:application", "env.LIVE_STARTUP", "raises", "lifespan", "off", "interface", "asgi")) {
            assertThat(other.client().get("/hello").send().code()).isEqualTo(200);
        }
        assertThatThrownBy(() -> Served.of("python:live:application", "env.LIVE_STARTUP", "raises", "lifespan", "on"))
                .isInstanceOf(DeploymentException.class)
                .hasMessageContaining("step lifespan of \"live:application\" failed: ValueError: no lifespan here");
    }

    @Test
    void a_factory_makes_the_application() {
        try (Served other = Served.of("python:live:create_app('factory')")) {
            assertThat(other.client().get("/").send().text()).isEqualTo("factory");
        }
    }

    @Test
    void a_preloaded_application_is_served() {
        try (Served other = Served.of("python:live:application", "preload", "true", "workers", "2")) {
            assertThat(other.client().get("/state").send().text()).isEqualTo("True shared 1");
        }
    }

    private static long count(Path directory) throws IOException {
        try (Stream<Path> found = Files.list(directory)) {
            return found.filter(it -> it.getFileName().toString().startsWith("gate."))
                    .count();
        }
    }

    private interface Asking {
        String ask(int number);
    }

    private static List<String> inParallel(int count, Asking asking) throws Exception {
        ExecutorService clients = Executors.newFixedThreadPool(count);
        try {
            List<CompletableFuture<String>> asked = IntStream.range(0, count)
                    .mapToObj(it -> CompletableFuture.supplyAsync(() -> asking.ask(it), clients))
                    .toList();
            List<String> told = new ArrayList<>();
            for (CompletableFuture<String> each : asked) {
                told.add(each.get(60, TimeUnit.SECONDS));
            }
            return told;
        } finally {
            clients.shutdownNow();
        }
    }
}

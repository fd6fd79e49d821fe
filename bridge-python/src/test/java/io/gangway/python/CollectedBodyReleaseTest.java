package io.gangway.python;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.gangway.exchange.Outcome.Ending;
import io.gangway.testing.StreamedResponse;
import io.gangway.testing.TestRequest;
import io.gangway.testing.TestResponse;
import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** However an exchange ends, what its collected body took is given back: memory, and the room of files. */
@Timeout(60)
@ParameterizedClass
@ValueSource(ints = {5_000, 300_000, 2_000_000})
class CollectedBodyReleaseTest {
    private static final String TYPE = "application/octet-stream";

    @Parameter
    int size;

    @TempDir
    Path files;

    private byte[] body = {};

    @BeforeEach
    void make_body() {
        body = new byte[size];
        new Random(size).nextBytes(body);
    }

    @Test
    void after_an_answer_whether_the_body_was_read_or_not() {
        try (Served served = Served.start()) {
            assertThat(post(served, "/").send().text()).isEqualTo("Hello from Python\n");
            assertReleased(served);
            assertThat(post(served, "/echo").send().bytes()).isEqualTo(body);
            assertReleased(served);
            assertThat(post(served, "/file").send().text()).hasSize(99_990);
            assertReleased(served);
        }
    }

    @Test
    void after_an_application_that_fails_early_or_late() {
        try (Served served = Served.start()) {
            assertThat(post(served, "/fail-early").send().code()).isEqualTo(500);
            assertReleased(served);
            assertThat(post(served, "/fail-late").send().outcome().ending()).isEqualTo(Ending.BROKEN);
            assertReleased(served);
        }
    }

    @Test
    void after_a_client_that_left_in_the_middle_of_the_answer() {
        try (Served served = Served.start()) {
            StreamedResponse response =
                    post(served, "/stream?" + files.resolve("gate")).open();
            assertThat(response.next()).isPresent();
            response.close();
            await().untilAsserted(() -> assertReleased(served));
        }
    }

    @Test
    void after_a_refusal_because_all_workers_are_busy() throws Exception {
        Path gate = files.resolve("gate");
        try (Served served = Served.start("threads", "1", "queue-size", "0")) {
            CompletableFuture<TestResponse> held = CompletableFuture.supplyAsync(
                    () -> served.client().get("/hold?" + gate).send());
            await().until(() -> Files.exists(Path.of(gate + ".taken")));
            assertThat(post(served, "/echo").send().code()).isEqualTo(503);
            assertReleased(served);
            Files.createFile(gate);
            assertThat(held.get(10, TimeUnit.SECONDS).code()).isEqualTo(200);
        }
    }

    @Test
    void after_a_worker_that_died_with_it() {
        try (Served served = Served.start()) {
            assertThat(post(served, "/swallow").send().code()).isEqualTo(502);
            assertReleased(served);
        }
    }

    @Test
    void after_another_worker_has_got_it_in_the_place_of_one_that_died_before() throws Exception {
        try (Served served = Served.start("threads", "3")) {
            for (int i = 0; i < 3; i++) {
                ProcessHandle worker = ProcessHandle.of(served.workerPid()).orElseThrow();
                worker.destroyForcibly();
                assertThat(post(served, "/echo").send().bytes()).isEqualTo(body);
                assertReleased(served);
                worker.onExit().get(10, TimeUnit.SECONDS);
            }
        }
    }

    @Test
    void after_a_thread_that_waited_in_the_queue_was_interrupted() throws Exception {
        Path gate = files.resolve("gate");
        try (Served served = Served.start("threads", "1")) {
            CompletableFuture<TestResponse> held = CompletableFuture.supplyAsync(
                    () -> served.client().get("/hold?" + gate).send());
            await().until(() -> Files.exists(Path.of(gate + ".taken")));
            FutureTask<TestResponse> waiting =
                    new FutureTask<>(() -> post(served, "/echo").send());
            Thread thread = new Thread(waiting);
            thread.start();
            await().until(() -> thread.getState() == Thread.State.WAITING
                    && served.bodies().memoryInUse() + served.bodies().diskInUse() >= size);

            thread.interrupt();
            assertThatThrownBy(() -> waiting.get(10, TimeUnit.SECONDS))
                    .as("nobody is left to answer")
                    .hasRootCauseInstanceOf(InterruptedException.class);
            assertReleased(served);
            Files.createFile(gate);
            assertThat(held.get(10, TimeUnit.SECONDS).code()).isEqualTo(200);
        }
    }

    private TestRequest post(Served served, String target) {
        return served.client().post(target).body(new ByteArrayInputStream(body), TYPE);
    }

    private static void assertReleased(Served served) {
        RequestBufferingTest.assertReleased(served);
    }
}

package io.gangway.python;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gangway.testing.TestResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The client has as many bytes as Content-Length says; it does not wait for the work that the application does afterwards. */
@Timeout(60)
class EarlyAnswerTest {
    @TempDir
    Path files;

    @Test
    void the_client_does_not_wait_until_the_application_has_closed_its_response() throws IOException {
        try (Served served = Served.start("threads", "1", "queue-size", "0")) {
            Path gate = answeredEarly(served, "/close-late");
            assertThat(served.client().get("/").send().code())
                    .as("the thread is busy still")
                    .isEqualTo(503);
            Files.createFile(gate);
            await().until(() -> Files.exists(Path.of(gate + ".closed")));
            await().until(() -> served.client().get("/").send().code() == 200);
        }
    }

    @Test
    void what_fails_afterwards_is_in_the_log_and_the_next_request_is_served() throws IOException {
        try (Served served = Served.start("threads", "1")) {
            Path gate = answeredEarly(served, "/fail-afterwards");
            Files.createFile(gate);
            assertThat(served.client().get("/").send().text()).isEqualTo("Hello from Python\n");
            await().untilAsserted(() -> assertThat(served.log().entries())
                    .anySatisfy(entry -> assertThat(entry)
                            .startsWith("SEVERE request ")
                            .contains("(\"GET\" \"/fail-afterwards\"): answered, but failed afterwards: ")
                            .contains("ValueError: after the last byte")));
        }
    }

    @Test
    void what_is_sent_beyond_the_promise_reaches_nobody() throws IOException {
        try (Served served = Served.start("threads", "1")) {
            Path gate = answeredEarly(served, "/go-on-afterwards");
            Files.createFile(gate);
            assertThat(served.client().get("/").send().text()).isEqualTo("Hello from Python\n");
            await().untilAsserted(
                            () -> assertThat(served.log().entries())
                                    .anySatisfy(
                                            entry -> assertThat(entry)
                                                    .contains(
                                                            "(\"GET\" \"/go-on-afterwards\"): answered, but W63: the application went on where its"
                                                                    + " Content-Length had ended. Fix: send the length that the body has, in bytes")));
        }
    }

    @Test
    void a_worker_that_dies_afterwards_is_replaced() throws IOException {
        try (Served served = Served.start("threads", "1")) {
            Path gate = answeredEarly(served, "/close-and-leave");
            Files.createFile(gate);
            await().untilAsserted(() -> assertThat(served.log().entries())
                    .anySatisfy(entry -> assertThat(entry)
                            .contains("(\"GET\" \"/close-and-leave\"): ended, but worker ")
                            .endsWith(" exited with status 7")));
            assertThat(served.client().get("/").send().text()).isEqualTo("Hello from Python\n");
        }
    }

    @Test
    void a_worker_that_hangs_afterwards_is_replaced_after_the_request_timeout() throws IOException {
        try (Served served = Served.start("threads", "1", "request-timeout", "300ms")) {
            answeredEarly(served, "/close-late");
            assertThat(served.client().get("/").send().text()).isEqualTo("Hello from Python\n");
            assertThat(served.log().entries())
                    .anySatisfy(entry -> assertThat(entry).contains("killed and replaced"));
        }
    }

    private Path answeredEarly(Served served, String path) {
        Path gate = files.resolve("gate");
        TestResponse response = served.client().get(path + "?" + gate).send();
        assertThat(response.code()).isEqualTo(200);
        assertThat(response.text()).isEqualTo("early\n");
        assertThat(gate).doesNotExist();
        return gate;
    }
}

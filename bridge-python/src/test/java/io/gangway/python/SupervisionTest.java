package io.gangway.python;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gangway.buffer.BodyStore;
import io.gangway.python.dispatch.Dispatcher;
import io.gangway.python.supervisor.Identity;
import io.gangway.python.supervisor.Plan;
import io.gangway.python.supervisor.Reload;
import io.gangway.python.supervisor.Workers;
import io.gangway.testing.TestClient;
import io.gangway.testing.TestResponse;
import io.gangway.wsgi.Middleware;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Failures in Gangway itself: supervision goes on, and each request gets an answer. */
@Timeout(60)
class SupervisionTest {
    @TempDir
    Path files;

    @Test
    void a_look_at_a_worker_that_fails_does_not_end_those_that_follow() throws Exception {
        Served.assumePython();
        Duration beyondTheClock =
                Duration.ofSeconds(Long.MAX_VALUE); // no setting allows as much: each look at the age throws
        Plan.Limits limits = new Plan.Limits(
                Duration.ofSeconds(30), Duration.ofMillis(500), Duration.ofSeconds(5), 0, 0, beyondTheClock, 0);
        Plan plan = new Plan(
                "/test",
                "python",
                "rough:application",
                false,
                "auto",
                Served.PYTHON,
                Optional.empty(),
                List.of(Served.directory().toString()),
                Optional.empty(),
                Identity.OWN,
                Map.of(),
                Optional.empty(),
                1,
                1,
                1,
                "auto",
                false,
                false,
                new Reload(Reload.Mode.OFF, Optional.empty()),
                limits);
        try (CapturedLog log = new CapturedLog();
                Dispatcher dispatcher = new Dispatcher(10, Duration.ofSeconds(20), "");
                Workers workers = Workers.start(plan, dispatcher, files)) {
            assertThat(workers.problem()).isEmpty();
            WorkerApplication application =
                    new WorkerApplication(dispatcher, BufferPolicy.FULL, new BodyStore(files, 0), Optional::empty);
            TestClient client = TestClient.of(application).withErrorPages();
            String first = client.get("/pid").send().text();
            await().untilAsserted(() -> assertThat(log.entries())
                    .contains("SEVERE worker " + first + " could not be checked this time; the check is repeated"));
            assertThat(client.get("/block").send().code()).isEqualTo(504);
            await().untilAsserted(
                            () -> assertThat(client.get("/pid").send().text()).isNotEqualTo(first));
            assertThat(log.entries())
                    .filteredOn(entry -> entry.contains("worker " + first + " could not be checked"))
                    .as("told once")
                    .hasSize(1);
        }
    }

    @Test
    void what_our_own_code_throws_is_a_500_with_a_request_id() {
        Middleware breaking = application -> (environ, startResponse) -> {
            environ.put("wsgi.input", "no stream");
            return application.call(environ, startResponse);
        };
        try (Served served = Served.start()) {
            TestResponse response = served.client(breaking)
                    .post("/echo")
                    .body(new byte[4], "text/plain")
                    .send();
            assertThat(response.code()).isEqualTo(500);
            assertThat(response.text()).contains("Request id: test-1");
            assertThat(served.client().get("/").send().code()).isEqualTo(200);
        }
    }

    @Test
    void a_server_that_fails_when_it_is_handed_an_answer_costs_no_connection() {
        try (Served served = Served.start("threads", "1", "queue-timeout", "10s")) {
            for (String path : List.of(
                    "/", "/stream", "/fail-early", "/file?" + Path.of("pom.xml").toAbsolutePath())) {
                TestWire wire = TestWire.of("GET", path);
                wire.breakWith(new NoClassDefFoundError("of the server's"));
                wire.serve(served);
                wire.awaitBroken();
                assertThat(served.client().get("/").send().code()).as(path).isEqualTo(200);
            }
        }
    }
}

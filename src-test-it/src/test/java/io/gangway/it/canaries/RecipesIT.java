package io.gangway.it.canaries;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gangway.deploy.ApplicationLoaders;
import io.gangway.deploy.Deployment;
import io.gangway.deploy.SettingSource;
import io.gangway.deploy.Settings;
import io.gangway.servlet.jetty.GatewayServer;
import io.gangway.testing.TestClient;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The applications of examples/recipes, which docs/recipes.md quotes, with the settings that it names. */
class RecipesIT {
    private static final Duration MAX_WAIT = Duration.ofSeconds(60);

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({"true, 1", "false, 2"})
    void migrations_at_the_import_run_once_with_preload(String preload, String expected) throws Exception {
        Path database = folder.resolve("shop.db");
        try (Deployment deployment = deploy(
                "migrations",
                "gangway.workers=2",
                "gangway.preload=" + preload,
                "gangway.env.SHOP_DATABASE=" + database)) {
            assertThat(get(deployment, "/")).isEqualTo("migrated\n");
        }
        String count =
                "import sqlite3, sys; print(sqlite3.connect(sys.argv[1]).execute('SELECT count(*) FROM migration').fetchone()[0])";
        assertThat(Command.run(
                                folder,
                                Map.of(),
                                VirtualEnvironment.FRAMEWORKS.python().toString(),
                                "-c",
                                count,
                                database.toString())
                        .succeeded()
                        .output()
                        .strip())
                .isEqualTo(expected);
    }

    @Test
    void prometheus_sums_the_requests_of_workers_that_have_ended_too() throws Exception {
        AtomicInteger requests = new AtomicInteger();
        Path files = Files.createDirectory(folder.resolve("metrics"));
        Set<String> workers = new HashSet<>();
        try (Deployment deployment = deploy(
                "metrics",
                "gangway.workers=1",
                "gangway.max-requests=10",
                "gangway.env.PROMETHEUS_MULTIPROC_DIR=" + files)) {
            await().atMost(MAX_WAIT)
                    .until(
                            () -> { // until the first worker's successor serves
                                requests.incrementAndGet();
                                workers.add(get(deployment, "/"));
                                return workers.size() > 1;
                            });
            assertThat(get(deployment, "/metrics").lines()).contains("shop_requests_total " + requests + ".0");
        }
    }

    @Test
    void a_stream_of_events_outlives_the_request_timeout() throws Exception {
        try (GatewayServer server = GatewayServer.deploying(() -> deploy(
                                "events",
                                "gangway.workers=1",
                                "gangway.request-timeout=1s",
                                "gangway.env.SHOP_PULSE=0.25"))
                        .port(0)
                        .start();
                Stream<String> lines = send(server.uri().resolve("/events"), BodyHandlers.ofLines())
                        .body()) {
            Iterator<String> events = lines.filter(line -> !line.isEmpty()).iterator();
            for (int i = 0; i < 12; i++) { // three seconds, three times the timeout
                assertThat(events.next()).isEqualTo(": nothing new");
            }
            assertThat(send(server.uri().resolve("/?sold+out"), BodyHandlers.discarding())
                            .statusCode())
                    .isEqualTo(204);
            await().atMost(MAX_WAIT).until(events::next, "data: sold+out"::equals);
        }
    }

    @Test
    void each_worker_opens_its_own_connection_after_an_import_that_has_opened_one() throws Exception {
        try (Deployment deployment = deploy(
                "pool",
                "gangway.workers=1",
                "gangway.preload=true",
                "gangway.env.SHOP_DATABASE=" + folder.resolve("shop.db"))) {
            Matcher answer = Pattern.compile("opened by (\\d+) in (\\d+)\n").matcher(get(deployment, "/"));
            assertThat(answer.matches()).isTrue();
            assertThat(answer.group(1)).isEqualTo(answer.group(2));
        }
    }

    private static <T> HttpResponse<T> send(URI uri, HttpResponse.BodyHandler<T> body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(uri).timeout(MAX_WAIT).build();
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .build()
                .send(request, body);
    }

    private static String get(Deployment deployment, String path) {
        return TestClient.of(deployment.application()).get(path).send().text();
    }

    private static Deployment deploy(String application, String... settings) {
        ApplicationLoaders loaders = ApplicationLoaders.visibleTo(RecipesIT.class.getClassLoader());
        Map<String, String> values = new HashMap<>();
        Arrays.stream(settings)
                .map(setting -> setting.split("=", 2))
                .forEach(setting -> values.put(setting[0], setting[1]));
        values.put("gangway.application", application + ":application");
        values.put("gangway.venv", environment());
        values.put(
                "gangway.python-path",
                Places.sources()
                        .resolve("../../../../../examples/recipes")
                        .normalize()
                        .toString());
        return Deployment.start(
                Settings.resolve(loaders.settings(), List.of(SettingSource.initParams(values))), loaders);
    }

    private static String environment() {
        try {
            return VirtualEnvironment.FRAMEWORKS.root().toString();
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}

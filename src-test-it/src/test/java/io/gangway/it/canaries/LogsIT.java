package io.gangway.it.canaries;

import static org.assertj.core.api.Assertions.assertThat;

import io.gangway.it.Distribution;
import io.gangway.it.GatewayWar;
import io.gangway.it.ServerProcess;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What frameworks log, in the log of an unmodified Tomcat: each record is one entry that names its level, our logger, the deployment and the worker. */
class LogsIT {
    private static final Duration MAX_WAIT = Duration.ofSeconds(60);

    /** The beginning of Tomcat's line: time, level, thread, and where java.util.logging shows a class and a method, our logger. */
    private static final String ENTRY =
            "\\S+ \\S+ %s \\[.*?\\] io\\.gangway\\.python\\.worker \\[/%s\\] \\[python \\d+\\] %s";

    @TempDir
    private Path temporary;

    @ParameterizedTest
    @CsvSource({"flask, flask_logs:app", "django, django_logs:application"})
    void each_record_of_a_framework_is_one_entry_of_tomcats_log(String framework, String application) throws Exception {
        Map<String, String> settings = Map.of(
                "gangway.application",
                application,
                "gangway.venv",
                VirtualEnvironment.FRAMEWORKS.root().toString(),
                "gangway.python-path",
                Places.sources().resolve("logs").toString(),
                "gangway.workers",
                "1");
        Distribution tomcat = Distribution.tomcat11();
        ServerProcess process = tomcat.start(
                "logs-" + framework,
                List.of("-Djava.io.tmpdir=" + temporary),
                base -> GatewayWar.of(settings).write(webapp(base, framework)));
        try {
            List<Integer> ports = tomcat.ports(process);
            URI base = URI.create("http://127.0.0.1:" + ports.get(ports.size() - 1) + "/" + framework + "/");
            assertThat(status(base.resolve("absent"))).isEqualTo(404);
            assertThat(status(base)).isEqualTo(200);
            process.awaitLine(0, Pattern.compile(entry("WARNING", framework, "stderr: the end")));
        } finally {
            process.stop();
        }
        assertEntries(process, framework);
    }

    private static void assertEntries(ServerProcess process, String framework) {
        String request = " request \"[0-9a-f]{16}\": ";
        if (framework.equals("flask")) {
            assertOnce(process, "opened", entry("WARNING", framework, "flask_logs: opened"));
            assertOnce(process, "served", entry("INFO", framework, "flask_logs" + request + "served"));
        } else {
            assertOnce(process, "stock: opened", entry("WARNING", framework, "stock: opened"));
            assertOnce(process, "opened by Django", entry("WARNING", framework, "stderr: opened by Django"));
            assertOnce(
                    process,
                    "Not Found",
                    entry("WARNING", framework, "django\\.request" + request + "Not Found: /django/absent"));
        }
        assertThat(process.lines())
                .as("Gangway's own entries show the logger's name too")
                .anyMatch(line -> line.matches("\\S+ \\S+ INFO \\[.*?\\] io\\.gangway\\.python \\[/" + framework
                        + "\\] worker \\d+ is ready after .*"));
    }

    private static void assertOnce(ServerProcess process, String text, String pattern) {
        assertThat(process.lines())
                .filteredOn(line -> line.contains(text))
                .as("lines with '%s'", text)
                .singleElement()
                .satisfies(line -> assertThat(line).matches(pattern));
    }

    private static String entry(String level, String framework, String text) {
        return ENTRY.formatted(level, framework, text);
    }

    private static Path webapp(Path base, String framework) {
        return base.resolve("webapps/" + framework + ".war");
    }

    private static int status(URI uri) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(uri).timeout(MAX_WAIT).build();
        return HttpClient.newHttpClient()
                .send(request, BodyHandlers.discarding())
                .statusCode();
    }
}

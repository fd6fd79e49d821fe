package io.gangway.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.gangway.it.client.Answer;
import io.gangway.it.client.RawConnection;
import io.gangway.servlet.GatewayFilter;
import io.gangway.servlet.GatewayServlet;
import io.gangway.wsgi.GatewayApplication;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Applications that do not start, each in a WAR of its own, side by side in a container.
 *
 * <p>Each has a secret in its traceback, or in the message about its wrong settings.
 */
final class FailedStartIT {
    private static final int REQUESTS = 20;
    private static final String SECRET = "sesame";

    @TempDir
    Path files;

    static Stream<Distribution> distributions() {
        return HelloWarIT.distributions();
    }

    @ParameterizedTest
    @MethodSource("distributions")
    void is_tried_once_and_told_to_the_log_alone(Distribution distribution) throws Exception {
        Python.assumeThere();
        Map<String, GatewayWar> wars = wars();
        Path temporary = Files.createDirectory(files.resolve("tmp"));
        ServerProcess process = distribution.start("broken", List.of("-Djava.io.tmpdir=" + temporary), base -> {
            for (Map.Entry<String, GatewayWar> war : wars.entrySet()) {
                war.getValue().write(base.resolve("webapps/" + war.getKey() + ".war"));
            }
            Files.copy(Wars.hello(), base.resolve("webapps/hello.war"));
        });
        try {
            List<Integer> ports = distribution.ports(process);
            int port = ports.get(ports.size() - 1);
            for (String war : wars.keySet()) {
                int expected = isWholeWebApplicationUnavailable(distribution, war) ? 503 : 404;
                for (int i = 0; i < REQUESTS; i++) {
                    get(port, war).status(expected).bodyWithout(SECRET).bodyWithout("Exception");
                }
            }
            get(port, "hello").status(200);
        } finally {
            process.stop();
        }
        for (String war : wars.keySet()) {
            String entry = "\"gateway\" of the web application \"/" + war + "\" cannot start: ";
            assertThat(process.lines())
                    .filteredOn(line -> line.contains(entry))
                    .as(entry)
                    .hasSize(1);
        }
        assertThat(process.lines())
                .as("of each traceback with a secret, one line names it")
                .filteredOn(
                        line -> line.contains("Error: the password is " + SECRET) && !line.contains("cannot start: "))
                .hasSize(5);
        for (String war : List.of("python", "without-context-xml", "on-demand")) {
            assertThat(files.resolve(war)).as("imports of " + war).hasContent("import\n");
        }
    }

    /** Servlet 6.0 requires 404 for a servlet; Jetty answers 503 for a web application. */
    private static boolean isWholeWebApplicationUnavailable(Distribution distribution, String war) {
        return distribution.toString().startsWith("jetty") && war.equals("filter");
    }

    private Map<String, GatewayWar> wars() {
        Map<String, GatewayWar> wars = new LinkedHashMap<>();
        wars.put("python", GatewayWar.of(python("python")));
        wars.put(
                "without-context-xml",
                GatewayWar.of(python("without-context-xml")).withoutContextXml());
        wars.put("on-demand", GatewayWar.of(python("on-demand")).onDemand());
        wars.put("subclass", GatewayWar.of(Map.of()).servlet(Failing.class).onDemand());
        wars.put("filter", GatewayWar.of(Map.of()).filter(FailingFilter.class));
        wars.put("setting", GatewayWar.of(Map.of("gangway.threads", SECRET)).onDemand());
        return wars;
    }

    private Map<String, String> python(String war) {
        return Map.of(
                "gangway.application",
                "python:broken:application",
                "gangway.python",
                Python.COMMAND,
                "gangway.python-path",
                ContractTable.target().resolve("test-classes/faults").toString(),
                "gangway.workers",
                "1",
                "gangway.env.STARTS",
                files.resolve(war).toString());
    }

    private static Answer get(int port, String war) throws IOException {
        try (RawConnection connection = new RawConnection(port)) {
            connection.send("GET /" + war + "/ HTTP/1.1\r\nHost: 127.0.0.1:" + port + "\r\n\r\n");
            return connection.read("GET");
        }
    }

    /** Cannot make its application. */
    public static final class Failing extends GatewayServlet {
        private static final long serialVersionUID = 1L;

        @Override
        protected Optional<GatewayApplication> application() {
            throw new AssertionError("the password is " + SECRET);
        }
    }

    /** Likewise. */
    public static final class FailingFilter extends GatewayFilter {
        private static final long serialVersionUID = 1L;

        @Override
        protected Optional<GatewayApplication> application() {
            throw new AssertionError("the password is " + SECRET);
        }
    }
}

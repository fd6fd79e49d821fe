package io.gangway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gangway.it.client.Answer;
import io.gangway.it.client.AnswerReader;
import io.gangway.it.client.RawConnection;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Requests of an ASGI application in a container that undeploys it, or stops: none has a thread that the container could wait for. */
@Timeout(120)
final class StoppedWarsIT {
    private static final Duration MAX_WAIT = Duration.ofSeconds(30);
    private static final String FIRST = "data: event\n\n";

    @TempDir
    Path files;

    private record Stopped(Answer silent, Answer events, Answer endless, List<String> log) {}

    static Stream<Distribution> distributions() {
        return HelloWarIT.distributions();
    }

    static Stream<Distribution> tomcats() {
        return Stream.of(Distribution.tomcat10(), Distribution.tomcat11());
    }

    @ParameterizedTest
    @MethodSource("distributions")
    void requests_have_the_graceful_timeout_when_their_web_application_is_undeployed(Distribution distribution)
            throws Exception {
        assertWhole(stopped(distribution, true));
    }

    /** Jetty closes all connections before it stops web applications. */
    @ParameterizedTest
    @MethodSource("tomcats")
    void requests_have_the_graceful_timeout_when_tomcat_stops(Distribution distribution) throws Exception {
        assertWhole(stopped(distribution, false));
    }

    private static void assertWhole(Stopped stopped) {
        String log = String.join("\n", stopped.log());
        assertThat(stopped.silent().code()).as(log).isEqualTo(200);
        stopped.silent().endedCleanly().body("whole");
        stopped.events().endedCleanly();
        assertThat(stopped.events().text()).endsWith("data: end\n\n");
        stopped.endless().truncated();
        assertThat(log).doesNotContain("idle timeout");
    }

    private Stopped stopped(Distribution distribution, boolean isUndeployed) throws Exception {
        Python.assumeThere();
        Path stopping = files.resolve("stopping");
        Path[] webapps = new Path[1];
        ServerProcess process = distribution.start("stopped", List.of(), base -> {
            webapps[0] = base.resolve("webapps");
            lookEachSecond(base);
            GatewayWar.of(Map.of(
                            "gangway.application",
                            "python:stops:app",
                            "gangway.python",
                            Python.COMMAND,
                            "gangway.python-path",
                            faults().toString(),
                            "gangway.workers",
                            "1",
                            "gangway.graceful-timeout",
                            "10s",
                            "gangway.env.STOPPING",
                            stopping.toString()))
                    .write(webapps[0].resolve("shop.war"));
        });
        CompletableFuture<Void> end = new CompletableFuture<>();
        try {
            List<Integer> ports = distribution.ports(process);
            int port = ports.get(ports.size() - 1);
            try (RawConnection silent = asked(port, "silent");
                    RawConnection events = asked(port, "events");
                    RawConnection endless = asked(port, "endless")) {
                AnswerReader eventsAnswer = events.begin("GET");
                AnswerReader endlessAnswer = endless.begin("GET");
                eventsAnswer.readBody(FIRST.length());
                endlessAnswer.readBody(FIRST.length());
                await().atMost(MAX_WAIT).until(() -> Files.exists(files.resolve("stopping.silent")));
                if (isUndeployed) {
                    Files.delete(webapps[0].resolve("shop.war"));
                    await().atMost(MAX_WAIT).until(() -> status(port) == 404);
                    end.complete(null);
                } else {
                    end = CompletableFuture.runAsync(() -> stop(process));
                    assertThat(process.await(line -> line.contains("Pausing ProtocolHandler")))
                            .isTrue();
                }
                Files.createFile(stopping);
                Answer silentAnswer = silent.read("GET");
                return new Stopped(silentAnswer, eventsAnswer.finish(), endlessAnswer.finish(), process.lines());
            }
        } finally {
            end.join();
            process.stop();
        }
    }

    private static RawConnection asked(int port, String path) throws IOException {
        RawConnection connection = new RawConnection(port);
        connection.send("GET /shop/" + path + " HTTP/1.1\r\nHost: h\r\n\r\n");
        return connection;
    }

    private static int status(int port) throws IOException {
        try (RawConnection connection = new RawConnection(port)) {
            connection.send("GET /shop/quick HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
            return connection.read("GET").code();
        }
    }

    private static void stop(ServerProcess process) {
        try {
            process.stop();
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** For new and removed WARs, with the settings that containers have for it. */
    private static void lookEachSecond(Path base) throws IOException {
        Path serverXml = base.resolve("conf/server.xml");
        if (Files.exists(serverXml)) {
            String engine = "<Engine name=\"Catalina\"";
            Files.writeString(
                    serverXml, Files.readString(serverXml).replace(engine, engine + " backgroundProcessorDelay=\"1\""));
        } else {
            Files.writeString(base.resolve("start.d/scan.ini"), "jetty.deploy.scanInterval=1\n");
        }
    }

    private static Path faults() {
        try {
            return Objects.requireNonNull(
                    Path.of(Objects.requireNonNull(StoppedWarsIT.class.getResource("/faults/stops.py"))
                                    .toURI())
                            .getParent());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}

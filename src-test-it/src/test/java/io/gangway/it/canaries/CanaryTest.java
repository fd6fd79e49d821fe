package io.gangway.it.canaries;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.gangway.it.client.AnswerReader;
import io.gangway.it.client.RawConnection;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.BeforeTestExecutionCallback;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;

/** Deploys a canary, runs the tests against it, and undeploys it; on each server that a subclass names. */
@ParameterizedClass
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith({SharedTomcat.Extension.class, CanaryTest.Counter.class})
abstract class CanaryTest {
    static @Nullable SharedTomcat tomcat;

    @Parameter
    @Nullable
    CanaryServer server;

    private final Canary canary;
    private @Nullable Deployed deployed;
    private long began;

    CanaryTest(Canary canary) {
        this.canary = canary;
    }

    /** Prepares files before the canary starts, and gives settings that depend on the server. */
    Canary prepare(Canary plain, CanaryServer on) throws IOException, InterruptedException {
        return plain;
    }

    @BeforeParameterizedClassInvocation
    void deploy() throws IOException, InterruptedException {
        CanaryServer on = server();
        canary.environment().root();
        began = System.nanoTime();
        deployed = on.deploy(prepare(canary, on), Objects.requireNonNull(tomcat));
    }

    @AfterParameterizedClassInvocation
    void undeploy() throws IOException, InterruptedException {
        if (deployed != null) {
            deployed.undeploy();
            CanaryTable.took(canary.name(), server(), Duration.ofNanos(System.nanoTime() - began));
            CanaryTable.write();
        }
    }

    final CanaryServer server() {
        return Objects.requireNonNull(server);
    }

    final Deployed deployed() {
        return Objects.requireNonNull(deployed);
    }

    /** A new browser, without cookies. */
    final Client client() {
        return new Client(deployed().base(), server().protocol());
    }

    /** Waits for a line of the server's log since this canary was deployed. */
    final void awaitLog(String part) {
        if (!deployed().server().await(deployed().linesBefore(), line -> line.contains(part))) {
            throw new AssertionError("no line with " + part + " in the log:\n"
                    + deployed().server().tail());
        }
        CanaryTable.checked();
    }

    /** The lines that a program in canaries/clients prints: it uses a framework's own client. */
    static Stream<String> told(String program, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                VirtualEnvironment.ASGI.python().toString(),
                Places.sources().resolve("clients").resolve(program).toString()));
        command.addAll(List.of(arguments));
        Command run = Command.run(Places.target(), Map.of(), command.toArray(String[]::new));
        CanaryTable.checked();
        return run.succeeded().output().lines();
    }

    /** Expects that a body of known and of unknown length is read. */
    final void assertReads(String path, byte[] content) throws IOException, InterruptedException {
        String size = "\"size\":" + content.length;
        client().send("POST", path, BodyPublishers.ofByteArray(content))
                .status(200)
                .contains(size, "\"length\":\"" + content.length + "\"");
        client().send("POST", path, BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(content)))
                .status(200)
                .contains(size);
    }

    /** Expects that the first piece of a stream arrives before the application makes the second. */
    final void assertStreams(String path) throws IOException, InterruptedException {
        try (Gate gate = new Gate()) {
            HttpResponse<InputStream> response = client().stream(path + "?gate=" + gate.port());
            try (InputStream body = response.body()) {
                assertThat(new String(body.readNBytes(6), UTF_8)).isEqualTo("first\n");
                gate.open();
                assertThat(new String(body.readAllBytes(), UTF_8)).isEqualTo("second\n");
            }
            assertThat(response.headers().firstValue("Content-Length")).isEmpty();
        }
        CanaryTable.checked();
    }

    /** Expects that the application learns that the client of an endless stream has left. */
    final void assertEndsStreamOfLostClient(String path) throws Exception {
        try (Gate gate = new Gate();
                RawConnection connection = new RawConnection(deployed().base().getPort())) {
            connection.send("GET " + path + "?gate=" + gate.port() + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
            AnswerReader answer = connection.begin("GET");
            assertThat(new String(answer.readBody(5), UTF_8)).isEqualTo("xxxxx");
            connection.reset();
            assertThat(gate.told()).isEqualTo("closed");
        }
    }

    /** Expects that a stream whose application fails after its first piece is broken off, and logged. */
    final void assertBreaksOff(String path) throws Exception {
        try (RawConnection connection = new RawConnection(deployed().base().getPort())) {
            connection.send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
            connection.read("GET").status(200).body("first\n").truncated();
        }
        awaitLog("broke in the middle");
    }

    static final class Counter implements BeforeTestExecutionCallback, AfterTestExecutionCallback {
        @Override
        public void beforeTestExecution(ExtensionContext context) {
            CanaryTable.began();
        }

        @Override
        public void afterTestExecution(ExtensionContext context) {
            CanaryTest test = (CanaryTest) context.getRequiredTestInstance();
            CanaryTable.ended(
                    test.canary.name(),
                    test.server(),
                    context.getExecutionException().isEmpty());
        }
    }
}

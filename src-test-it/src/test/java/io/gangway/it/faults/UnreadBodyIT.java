package io.gangway.it.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gangway.it.client.Answer;
import io.gangway.it.client.RawConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Workers that end while the client still sends its request's body. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "looks for the workers in /proc")
final class UnreadBodyIT {
    private static final Duration BUSY_MACHINE = Duration.ofSeconds(30);

    @TempDir
    Path files;

    @Test
    void a_502_before_the_body_has_come_says_that_the_connection_is_closed() throws Exception {
        Path journal = files.resolve("journal");
        Map<String, String> settings = Map.of(
                "gangway.workers", "1", "gangway.request-buffering", "off", "gangway.env.JOURNAL", journal.toString());
        try (Deployed deployed = Deployed.start("storm:application", settings);
                RawConnection connection = new RawConnection(deployed.port())) {
            connection.send(
                    "POST /echo HTTP/1.1\r\nHost: localhost\r\nX-Token: half\r\nContent-Length: 1000000\r\n\r\nhalf");
            await().atMost(BUSY_MACHINE).until(() -> Files.readString(journal).contains("called half"));

            List<ProcessHandle> workers = Deployed.workers();
            workers.forEach(ProcessHandle::destroyForcibly);
            await().atMost(BUSY_MACHINE).until(() -> workers.stream().noneMatch(ProcessHandle::isAlive));
            connection.send("more"); // the server waits for it, and then finds that the worker has ended

            Answer answer = connection.read("POST");
            assertThat(answer.code()).isEqualTo(502);
            assertThat(answer.values("Connection")).containsExactly("close");
            assertThat(answer.text()).startsWith("502 Bad Gateway\nRequest id: ");
            assertThat(connection.isClosedByServer()).isTrue();
        }
    }
}

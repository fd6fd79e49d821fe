package io.gangway.it.faults;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gangway.it.client.Answer;
import io.gangway.it.client.RawConnection;
import java.io.IOException;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/**
 * Many WebSockets and waiting requests whose workers die, are replaced, or whose clients all leave at once.
 *
 * <p>{@code -Dtest.sockets=500} asks for so many; ten times as many requests wait.
 */
@EnabledOnOs(value = OS.LINUX, disabledReason = "counts descriptors in /proc")
final class SocketCrowdIT {
    private static final int SOCKETS = Integer.getInteger("test.sockets", 100);

    private static final int WAITING = 10 * SOCKETS;

    /** From a worker's death to the last close, on a busy machine. */
    private static final Duration AT_ONCE = Duration.ofSeconds(10);

    private static final Duration GRACEFUL_TIMEOUT = Duration.ofSeconds(25);

    private final Logger logger = Logger.getLogger("io.gangway");
    private final List<LogRecord> errors = new CopyOnWriteArrayList<>();
    private final Handler handler = new Handler() {
        @Override
        public void publish(LogRecord entry) {
            if (entry.getLevel().equals(Level.SEVERE)) {
                errors.add(entry);
            }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };
    private final HttpClient client = HttpClient.newHttpClient();
    private final List<CrowdSocket> sockets = new ArrayList<>();

    @BeforeEach
    void capture_the_log() {
        logger.addHandler(handler);
    }

    @AfterEach
    void leave() {
        sockets.forEach(CrowdSocket::leave);
        logger.removeHandler(handler);
    }

    private static Map<String, String> settings(int workers) {
        return Map.of("gangway.workers", Integer.toString(workers), "gangway.asgi-concurrency", "6000");
    }

    /** The sockets by the process that serves them. */
    private Map<Long, List<CrowdSocket>> open(int port, int count) throws Exception {
        Map<Long, List<CrowdSocket>> byProcess = new HashMap<>();
        List<CompletableFuture<CrowdSocket>> opening = IntStream.range(0, count)
                .mapToObj(number -> CrowdSocket.open(client, port, number))
                .toList();
        for (CompletableFuture<CrowdSocket> each : opening) {
            CrowdSocket socket = each.get(CrowdSocket.MAX_WAIT.toSeconds(), TimeUnit.SECONDS);
            sockets.add(socket);
            byProcess.computeIfAbsent(socket.pid(), pid -> new ArrayList<>()).add(socket);
        }
        return byProcess;
    }

    private static Answer ask(int port, String path) throws IOException {
        try (RawConnection connection = new RawConnection(port)) {
            connection.send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
            return connection.read("GET");
        }
    }

    @Test
    @Tag("A35")
    void a_worker_that_is_killed_ends_its_websockets_at_once_and_no_other() throws Exception {
        try (Deployed deployed = Deployed.start("crowd:application", settings(2))) {
            Map<Long, List<CrowdSocket>> byProcess = open(deployed.port(), SOCKETS);
            assertThat(byProcess).hasSize(2);
            long killed = byProcess.keySet().iterator().next();
            long begin = System.nanoTime();
            assertThat(ProcessHandle.of(killed).orElseThrow().destroyForcibly()).isTrue();
            List<CrowdSocket> ended = requireNonNull(byProcess.remove(killed));
            for (CrowdSocket socket : ended) {
                assertThat(socket.closed().get(AT_ONCE.toSeconds(), TimeUnit.SECONDS))
                        .isIn(1011, 1006);
            }
            System.out.printf(
                    "%d WebSockets of a killed worker were closed within %d ms%n",
                    ended.size(), TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin));
            for (int i = 0; i < 20; i++) {
                ask(deployed.port(), "/number?" + i).status(200).body("" + i);
            }
            for (CrowdSocket socket : byProcess.values().iterator().next()) {
                assertThat(socket.talks("still here")).isTrue();
            }
            assertThat(open(deployed.port(), SOCKETS)).doesNotContainKey(killed);
            String how = "worker " + killed + " was killed by signal 9";
            await().untilAsserted(() -> assertThat(errors)
                    .anySatisfy(entry -> assertThat(entry.getMessage())
                            .contains("] request ")
                            .contains(": broken off: " + how)));
            assertThat(errors)
                    .hasSizeLessThan(ended.size() / 2) // one a second
                    .allSatisfy(entry -> assertThat(entry.getThrown()).isNull());
        }
    }

    @Test
    @Tag("A35")
    void a_reload_closes_all_with_1012_and_none_is_lost_that_comes_again() throws Exception {
        try (Deployed deployed = Deployed.start("crowd:application", settings(2))) {
            Map<Long, List<CrowdSocket>> before = open(deployed.port(), SOCKETS);
            List<CompletableFuture<CrowdSocket>> again = sockets.stream()
                    .map(socket -> socket.closed()
                            .thenCompose(code -> CrowdSocket.open(client, deployed.port(), socket.number())))
                    .toList();
            deployed.reload();
            for (CrowdSocket socket : sockets) {
                assertThat(socket.closed().get(GRACEFUL_TIMEOUT.toSeconds(), TimeUnit.SECONDS))
                        .isEqualTo(1012);
            }
            for (CompletableFuture<CrowdSocket> each : again) {
                CrowdSocket socket = each.get(CrowdSocket.MAX_WAIT.toSeconds(), TimeUnit.SECONDS);
                sockets.add(socket);
                assertThat(before).doesNotContainKey(socket.pid());
                assertThat(socket.talks("back")).isTrue();
            }
            await().atMost(CrowdSocket.MAX_WAIT)
                    .until(() -> before.keySet().stream()
                            .noneMatch(pid -> ProcessHandle.of(pid)
                                    .filter(ProcessHandle::isAlive)
                                    .isPresent()));
        }
    }

    @Test
    @Tag("A11")
    void requests_that_wait_may_all_leave_at_once() throws Exception {
        try (Deployed deployed = Deployed.start("crowd:application", settings(1))) {
            ask(deployed.port(), "/number?1").status(200);
            String pid = ask(deployed.port(), "/pid").text();
            long descriptors = Deployed.descriptors();
            List<RawConnection> waiting = new ArrayList<>();
            try {
                for (int i = 0; i < WAITING; i++) {
                    RawConnection connection = new RawConnection(deployed.port());
                    waiting.add(connection);
                    connection.send("GET /wait HTTP/1.1\r\nHost: localhost\r\n\r\n");
                }
                await().atMost(CrowdSocket.MAX_WAIT)
                        .untilAsserted(
                                () -> assertThat(ask(deployed.port(), "/counts").text())
                                        .isEqualTo(WAITING + " 0"));
            } finally {
                for (RawConnection connection : waiting) {
                    connection.close();
                }
            }
            long begin = System.nanoTime();
            ask(deployed.port(), "/number?2").status(200).body("2");
            await().atMost(CrowdSocket.MAX_WAIT)
                    .untilAsserted(() ->
                            assertThat(ask(deployed.port(), "/counts").text()).isEqualTo(WAITING + " " + WAITING));
            System.out.printf(
                    "%d waiting requests were told within %d ms that their clients had left%n",
                    WAITING, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin));
            assertThat(ask(deployed.port(), "/pid").text()).isEqualTo(pid);
            for (int i = 0; i < 100; i++) {
                ask(deployed.port(), "/number?" + i).status(200).body("" + i);
            }
            // What is left are the connections to the worker, which are used again; their number is doubled while they
            // do not suffice.
            await().atMost(CrowdSocket.MAX_WAIT)
                    .untilAsserted(() ->
                            assertThat(Deployed.descriptors()).isLessThanOrEqualTo(descriptors + 2L * WAITING + 100));
        }
    }
}

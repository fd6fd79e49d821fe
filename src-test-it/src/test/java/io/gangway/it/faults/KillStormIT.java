package io.gangway.it.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gangway.it.client.Answer;
import io.gangway.it.client.RawConnection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Workers are killed six hundred times, ten times a second at most, while clients send HTTP requests without a pause. A busy machine gets
 * more time between two kills: how fast it starts workers and answers is not what is tested.
 *
 * <p>No request hangs: each client waits for thirty seconds only. No client gets the answer to another request: each request has a token,
 * which comes back in head and body. Only a request whose token a worker had written into a journal is answered 502. And a kill costs
 * at most one request for each thread of the worker.
 */
@EnabledOnOs(value = OS.LINUX, disabledReason = "counts descriptors in /proc")
final class KillStormIT {
    private static final int WORKERS = 4;
    private static final int THREADS = 2;
    private static final int CLIENTS = 24;
    private static final int KILLS = Integer.getInteger("test.storm-kills", 600);
    /** Between two kills, at least. */
    private static final Duration PAUSE = Duration.ofMillis(100);

    /** Between two kills, at least: workers are killed while they serve, and not only while they start. */
    private static final int ANSWERS = 10;

    /** For what takes milliseconds on a quiet machine; as long as a client waits for its answer. */
    private static final Duration BUSY_MACHINE = Duration.ofSeconds(30);

    private final Logger logger = Logger.getLogger("io.gangway.python");
    private final ExecutorService clients = Executors.newCachedThreadPool();

    @TempDir
    Path files;

    /** Thousands of deaths would make thousands of entries. */
    @BeforeEach
    void keep_the_log_quiet() {
        logger.setLevel(Level.OFF);
    }

    @AfterEach
    void restore() {
        clients.shutdownNow();
        logger.setLevel(null);
    }

    @Test
    void costs_only_what_was_under_way_and_leaves_nothing_behind() throws Exception {
        Path journal = files.resolve("journal");
        // Preloaded, so that new workers are ready within milliseconds: on a busy machine, others would be killed at
        // their start.
        Map<String, String> settings = Map.of(
                "gangway.workers",
                Integer.toString(WORKERS),
                "gangway.threads",
                Integer.toString(THREADS),
                "gangway.preload",
                "true",
                "gangway.env.JOURNAL",
                journal.toString());
        Deployed.start("storm:application", settings).close(); // files that a JVM opens once are open before the count
        long descriptors = Deployed.descriptors();

        Storm storm;
        try (Deployed deployed = Deployed.start("storm:application", settings)) {
            storm = rage(deployed.port());
            await().atMost(BUSY_MACHINE).until(() -> Deployed.workers().size() == WORKERS);
            for (int i = 0; i < 100; i++) {
                assertThat(ask(deployed.port(), "after-" + i).text()).isEqualTo("after-" + i + "\n");
            }
        }

        Journal journaled = Journal.read(journal);
        System.out.printf(
                "storm of %d kills, %d requests: %d answered, %d were 502 (%d of them marked but not yet called), %d broke"
                        + " off after their head, %d went wrong; the slowest answer took %d ms%n",
                KILLS,
                storm.requests(),
                storm.answered.get(),
                storm.refused.size(),
                storm.refused.stream()
                        .filter(token -> !journaled.called().contains(token))
                        .count(),
                storm.broken.size(),
                storm.faults.size(),
                TimeUnit.NANOSECONDS.toMillis(storm.slowest.get()));
        assertThat(storm.faults).isEmpty();
        assertThat(journaled.seen()).as("what was a 502 had reached a worker").containsAll(storm.refused);
        assertThat(journaled.called()).as("what broke off had been begun").containsAll(storm.broken);
        assertThat(journaled.calledTwice())
                .as("what a worker took is never given to another")
                .isEmpty();
        assertThat(storm.refused.size() + storm.broken.size())
                .as("requests that the kills cost")
                .isPositive()
                .isLessThanOrEqualTo(THREADS * KILLS);
        await().atMost(BUSY_MACHINE).untilAsserted(() -> {
            assertThat(ProcessHandle.current().descendants().filter(ProcessHandle::isAlive))
                    .isEmpty();
            assertThat(Deployed.descriptors()).isLessThanOrEqualTo(descriptors);
        });
    }

    /** Kills workers while clients ask, until there were enough kills, or a fault; all clients have their last answer then. */
    private Storm rage(int port) throws Exception {
        AtomicBoolean isOver = new AtomicBoolean();
        Storm storm = new Storm(port, isOver::get);
        List<Future<?>> asking = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            int client = i;
            asking.add(clients.submit(() -> storm.ask(client)));
        }
        try {
            Random chance = new Random(1);
            int kills = 0;
            for (long next = System.nanoTime(); kills < KILLS && storm.faults.isEmpty(); ) {
                awaitAnswers(storm);
                TimeUnit.NANOSECONDS.sleep(next - System.nanoTime());
                List<ProcessHandle> workers = Deployed.workers();
                if (!workers.isEmpty()
                        && workers.get(chance.nextInt(workers.size())).destroyForcibly()) {
                    kills++;
                }
                next = System.nanoTime() + PAUSE.toNanos();
            }
        } finally {
            isOver.set(true);
        }
        for (Future<?> client : asking) {
            client.get(60, TimeUnit.SECONDS);
        }
        return storm;
    }

    private static void awaitAnswers(Storm storm) {
        int enough = storm.answered.get() + ANSWERS;
        await().atMost(BUSY_MACHINE)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(5))
                .until(() -> storm.answered.get() >= enough || !storm.faults.isEmpty());
    }

    private static Answer ask(int port, String token) throws IOException {
        try (RawConnection connection = new RawConnection(port)) {
            connection.send("GET /whole HTTP/1.1\r\nHost: localhost\r\nX-Token: " + token + "\r\n\r\n");
            return connection.read("GET");
        }
    }

    /** The tokens in the workers' journal. */
    private record Journal(Set<String> seen, Set<String> called, List<String> calledTwice) {
        static Journal read(Path file) throws IOException {
            Set<String> seen = new HashSet<>();
            Set<String> called = new HashSet<>();
            List<String> calledTwice = new ArrayList<>();
            for (String line : Files.readAllLines(file)) {
                String token = line.substring(line.indexOf(' ') + 1);
                if (line.startsWith("seen ")) {
                    seen.add(token);
                } else if (!called.add(token)) {
                    calledTwice.add(token);
                }
            }
            return new Journal(seen, called, calledTwice);
        }
    }
}

package io.gangway.it.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/**
 * Workers of an ASGI application are killed while WebSockets and requests talk to them, each with a number of its own: none ever hears another's, and none hangs.
 *
 * <p>{@code -Dtest.socket-storm=1000} asks for so many WebSockets, and so many requests at a time.
 */
@EnabledOnOs(value = OS.LINUX, disabledReason = "finds the workers in /proc")
final class SocketStormIT {
    private static final int EACH = Integer.getInteger("test.socket-storm", 50);
    private static final int WORKERS = 4;
    private static final int KILLS = 20;
    /** Between two kills: those that come again have heard something by then. */
    private static final int ANSWERS = 2 * EACH;

    private static final Duration MAX_WAIT = Duration.ofSeconds(60);

    private final Logger logger = Logger.getLogger("io.gangway.python");
    private final HttpClient client = HttpClient.newBuilder().build();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AtomicBoolean isOver = new AtomicBoolean();
    private final AtomicInteger answered = new AtomicInteger();
    private final AtomicInteger lost = new AtomicInteger();
    private final Queue<String> faults = new ConcurrentLinkedQueue<>();

    @BeforeEach
    void keep_the_log_quiet() {
        logger.setLevel(Level.OFF);
    }

    @AfterEach
    void restore() {
        isOver.set(true);
        threads.shutdownNow();
        logger.setLevel(null);
    }

    @Test
    void nobody_hears_what_is_anothers() throws Exception {
        Map<String, String> settings = Map.of(
                "gangway.workers",
                Integer.toString(WORKERS),
                "gangway.asgi-concurrency",
                "2000",
                "gangway.preload",
                "true");
        try (Deployed deployed = Deployed.start("crowd:application", settings)) {
            List<Future<?>> clients = new ArrayList<>();
            for (int i = 0; i < EACH; i++) {
                int number = i;
                clients.add(threads.submit(() -> talk(deployed.port(), number)));
                clients.add(threads.submit(() -> ask(deployed.port(), number)));
            }
            kill();
            isOver.set(true);
            for (Future<?> each : clients) {
                each.get(2 * MAX_WAIT.toSeconds(), TimeUnit.SECONDS);
            }
            System.out.printf(
                    "%d kills of workers with %d WebSockets and %d requests: %d answers, %d lost, %d faults%n",
                    KILLS, EACH, EACH, answered.get(), lost.get(), faults.size());
            assertThat(faults).isEmpty();
            assertThat(lost.get()).isPositive();
        }
    }

    private void kill() {
        Random chance = new Random(1);
        for (int kills = 0; kills < KILLS && faults.isEmpty(); ) {
            int enough = answered.get() + ANSWERS;
            await().atMost(MAX_WAIT)
                    .pollInterval(Duration.ofMillis(5))
                    .until(() -> answered.get() >= enough || !faults.isEmpty());
            List<ProcessHandle> workers = Deployed.workers();
            if (!workers.isEmpty()
                    && workers.get(chance.nextInt(workers.size())).destroyForcibly()) {
                kills++;
            }
        }
    }

    /** A WebSocket that talks until it is over, and comes again when it was closed. */
    private void talk(int port, int number) {
        for (int said = 0; !isOver.get(); ) {
            try {
                CrowdSocket socket = CrowdSocket.open(client, port, number).get(MAX_WAIT.toSeconds(), TimeUnit.SECONDS);
                try {
                    if (!socket.isGreeted()) {
                        lost.incrementAndGet();
                        continue;
                    }
                    while (!isOver.get() && socket.talks("word " + said++)) {
                        answered.incrementAndGet();
                    }
                    lost.addAndGet(socket.closed().isDone() ? 1 : 0);
                } finally {
                    socket.leave();
                }
            } catch (ExecutionException e) { // refused: no worker lived long enough
                lost.incrementAndGet();
            } catch (InterruptedException e) {
                return;
            } catch (TimeoutException | AssertionError | RuntimeException e) {
                faults.add("WebSocket " + number + ": " + e);
                return;
            }
        }
    }

    private void ask(int port, int number) {
        for (int asked = 0; !isOver.get(); asked++) {
            String token = number + "-" + asked;
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/number?" + token))
                    .timeout(MAX_WAIT)
                    .build();
            try {
                HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
                if (response.statusCode() == 200 && response.body().equals(token)) {
                    answered.incrementAndGet();
                } else if (response.statusCode() == 502) {
                    lost.incrementAndGet();
                } else {
                    faults.add("request " + token + ": " + response.statusCode() + " " + response.body());
                    return;
                }
            } catch (InterruptedException e) {
                return;
            } catch (IOException e) {
                faults.add("request " + token + ": " + e);
                return;
            }
        }
    }
}

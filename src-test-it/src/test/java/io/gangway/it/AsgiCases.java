package io.gangway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.gangway.it.client.Answer;
import io.gangway.it.client.RawConnection;
import io.gangway.it.contract.Trait;
import io.gangway.it.websocket.RawWebSocket;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.TestInstance;

/** What the cases about ASGI share: a backend, which is started once, and clients. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class AsgiCases {
    static final Duration MAX_WAIT = Duration.ofSeconds(30);

    private static final AtomicInteger RUNS = new AtomicInteger();

    private final AsgiBackend served;
    private final ProcessBackend backend;
    private final String run = "run" + RUNS.incrementAndGet();
    private boolean isStarted;

    AsgiCases(AsgiBackend served, ProcessBackend serving) {
        this.served = served;
        this.backend = serving;
    }

    @BeforeAll
    void start() throws Exception {
        backend.start();
        isStarted = true;
    }

    /** WebSockets end first, and then the lifespan, which tells how many calls are still open. */
    @AfterAll
    @Tag("A42")
    void stop() throws Exception {
        if (isStarted) {
            ExecutorService stopping = Executors.newSingleThreadExecutor();
            try (RawWebSocket open = open("/echo")) {
                assertThat(open.text("a").message().text()).isEqualTo("a");
                Future<?> stopped = stopping.submit(() -> {
                    backend.stop();
                    return null;
                });
                if (!served.lacks().containsKey(Trait.CLOSE_AT_STOP)) {
                    assertThat(open.closed().code()).isEqualTo(1012);
                    open.close(1012, "");
                }
                stopped.get();
            } finally {
                stopping.shutdown();
            }
            assertThat(backend.process().lines())
                    .filteredOn(line -> line.contains("lifespan.shutdown"))
                    .singleElement()
                    .asString()
                    .contains("lifespan.shutdown with 0 open calls");
        }
    }

    final ProcessBackend backend() {
        return backend;
    }

    final AsgiBackend served() {
        return served;
    }

    @BeforeEach
    void skip_what_the_backend_lacks(TestInfo test) {
        Needs needs = test.getTestMethod().orElseThrow().getAnnotation(Needs.class);
        if (needs != null) {
            String why = served.lacks().get(needs.value());
            assumeTrue(why == null, why);
        }
    }

    final RawWebSocket open(String path, String... headerLines) throws IOException {
        return RawWebSocket.open(backend.connect(), backend.base() + path, headerLines);
    }

    final Answer ask(String path) throws IOException {
        try (RawConnection connection = backend.connect()) {
            connection.send(
                    "GET " + backend.base() + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
            return connection.read("GET");
        }
    }

    final String journal(String id) throws IOException {
        return ask("/journal/" + id).text();
    }

    /** Waits until the application has noted just this. */
    final void assertJournal(String id, String noted) {
        await().atMost(MAX_WAIT).untilAsserted(() -> assertThat(journal(id)).isEqualTo(noted));
    }

    final String newRun(String name) {
        return run + "-" + name;
    }
}

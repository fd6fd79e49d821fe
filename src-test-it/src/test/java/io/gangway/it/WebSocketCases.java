package io.gangway.it;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.gangway.it.client.Answer;
import io.gangway.it.client.RawConnection;
import io.gangway.it.contract.Trait;
import io.gangway.it.websocket.RawWebSocket;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

/** What the cases about WebSockets share: a backend, which is started once, and clients. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class WebSocketCases {
    /** The largest message that the backends take. */
    static final int MAX_MESSAGE = 256 << 10;

    static final Duration MAX_WAIT = Duration.ofSeconds(30);

    private static final AtomicInteger RUNS = new AtomicInteger();

    private final ProcessBackend backend;
    private final String run = "run" + RUNS.incrementAndGet();
    private boolean isStarted;

    WebSocketCases(ProcessBackend backend) {
        this.backend = backend;
    }

    @BeforeAll
    void start() throws Exception {
        backend.start();
        isStarted = true;
    }

    @AfterAll
    void stop() throws Exception {
        if (isStarted) {
            backend.stop();
        }
    }

    final ProcessBackend backend() {
        return backend;
    }

    /** Skips the case if the backend declares that it lacks a trait. */
    final void needs(Trait trait) {
        assumeTrue(!backend.lacks().containsKey(trait), () -> backend.lacks().get(trait));
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

    final String newRun(String name) {
        return run + "-" + name;
    }
}

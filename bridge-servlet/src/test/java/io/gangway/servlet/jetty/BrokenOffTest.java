package io.gangway.servlet.jetty;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gangway.asgi.AsgiApplication;
import io.gangway.asgi.HttpEvent;
import io.gangway.servlet.CapturedLog;
import io.gangway.wsgi.GatewayApplication;
import java.io.IOException;
import java.net.Socket;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A response whose application fails in the middle of it: one entry tells of it, Gangway's. */
@Timeout(60)
class BrokenOffTest {
    private final List<String> jettys = new CopyOnWriteArrayList<>();
    private final Logger jetty = Logger.getLogger("org.eclipse.jetty");
    private final Handler handler = new Handler() {
        @Override
        public void publish(LogRecord entry) {
            if (entry.getLevel().intValue() >= Level.WARNING.intValue()) {
                jettys.add(entry.getMessage());
            }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    @BeforeEach
    void listen() {
        jetty.addHandler(handler);
    }

    @AfterEach
    void listenNoMore() {
        jetty.removeHandler(handler);
    }

    @Test
    void of_a_thread_that_waits() throws Exception {
        GatewayApplication failing = (environ, startResponse) -> {
            startResponse.start("200 OK", List.of());
            return () -> new Iterator<>() {
                private boolean isBegun;

                @Override
                public boolean hasNext() {
                    return true;
                }

                @Override
                public byte[] next() {
                    if (isBegun) {
                        throw new IllegalStateException("a bug");
                    }
                    isBegun = true;
                    return "begun".getBytes(UTF_8);
                }
            };
        };
        try (GatewayServer server = GatewayServer.of(failing).port(0).start()) {
            assertBrokenOff(server);
        }
    }

    @Test
    void of_a_request_without_a_thread() throws Exception {
        AsgiApplication failing = (scope, receive, send) -> {
            CompletionStage<Void> begun = send.send(new HttpEvent.ResponseStart(200, List.of()))
                    .thenCompose(started -> send.send(new HttpEvent.ResponseBody("begun".getBytes(UTF_8), true)));
            return begun.thenCompose(sent -> CompletableFuture.failedFuture(new IllegalStateException("a bug")));
        };
        try (GatewayServer server = GatewayServer.of(failing).port(0).start()) {
            assertBrokenOff(server);
        }
    }

    private void assertBrokenOff(GatewayServer server) throws IOException {
        try (CapturedLog log = new CapturedLog();
                Socket client = new Socket(server.uri().getHost(), server.uri().getPort())) {
            client.getOutputStream().write("GET / HTTP/1.1\r\nHost: here\r\n\r\n".getBytes(UTF_8));
            assertThat(new String(client.getInputStream().readAllBytes(), UTF_8))
                    .startsWith("HTTP/1.1 200 ")
                    .endsWith("\r\n\r\n5\r\nbegun");
            await().until(() -> !log.entries().isEmpty());
            assertThat(log.entries())
                    .extracting(LogRecord::getMessage)
                    .singleElement()
                    .asString()
                    .endsWith("\"GET /\" failed in the middle of the response; the connection is broken off");
        }
        assertThat(jettys).isEmpty();
    }
}

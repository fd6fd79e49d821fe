package io.gangway.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gangway.lint.Lint;
import io.gangway.testing.ApplicationFailedException;
import io.gangway.testing.StreamedResponse;
import io.gangway.testing.TestClient;
import io.gangway.testing.TestLifespan;
import io.gangway.testing.TestResponse;
import io.gangway.testing.WebSocketDeniedException;
import io.gangway.wsgi.ClientException;
import io.gangway.wsgi.Environ;
import io.gangway.wsgi.GatewayApplication;
import io.gangway.wsgi.Header;
import io.gangway.wsgi.StartResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A WSGI function as an ASGI application, called by a server: there and back again, so all of it is seen as WSGI. */
class WsgiToAsgiTest {
    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void end() {
        threads.shutdownNow();
    }

    private TestClient client(GatewayApplication function) {
        return TestClient.of(new WsgiToAsgi(new Lint(Lint.Mode.STRICT).wrap(function), threads));
    }

    @Test
    void a_response_and_its_length_arrive() {
        TestResponse response = client((environ, start) -> {
                    start.start("201 Created", List.of(new Header("X-Path", environ.pathInfo())));
                    return List.of("hello".getBytes(UTF_8));
                })
                .get("/caf%C3%A9")
                .send();
        assertThat(response.code()).isEqualTo(201);
        assertThat(response.header("X-Path")).hasValue("/caf\u00c3\u00a9");
        assertThat(response.header("Content-Length")).hasValue("5");
        assertThat(response.text()).isEqualTo("hello");
    }

    @Test
    void a_body_is_read_in_pieces_to_its_end() {
        byte[] sent = new byte[300_000];
        for (int i = 0; i < sent.length; i++) {
            sent[i] = (byte) i;
        }
        TestResponse response = client((environ, start) -> {
                    byte[] read = environ.input().readAllBytes();
                    start.start("200 OK", List.of());
                    return List.of(read);
                })
                .post("/")
                .body(sent, "application/octet-stream")
                .send();
        assertThat(response.bytes()).isEqualTo(sent);
    }

    @Test
    void each_block_arrives_before_the_next_is_asked_for() {
        List<Integer> made = Collections.synchronizedList(new ArrayList<>());
        GatewayApplication streaming = (environ, start) -> {
            start.start("200 OK", List.of());
            return () -> {
                Iterator<byte[]> blocks = IntStream.range(0, 3)
                        .mapToObj(number -> {
                            made.add(number);
                            return ("b" + number).getBytes(UTF_8);
                        })
                        .iterator();
                return blocks;
            };
        };
        try (StreamedResponse response = client(streaming).get("/").open()) {
            assertThat(new String(response.next().orElseThrow(), UTF_8)).isEqualTo("b0");
            assertThat(made).doesNotContain(2);
            assertThat(new String(response.rest(), UTF_8)).isEqualTo("b1b2");
        }
    }

    @Test
    void the_iterable_is_closed_once_also_if_the_client_leaves() throws InterruptedException {
        Closing body = new Closing();
        try (StreamedResponse response = client(body).get("/").open()) {
            response.next();
        }
        threads.shutdown();
        assertThat(threads.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
        assertThat(body.closes).containsExactly("closed");
    }

    @Test
    void a_failure_is_the_functions_own() {
        assertThatThrownBy(() -> client((environ, start) -> {
                            throw new IOException("no database");
                        })
                        .get("/")
                        .send())
                .isInstanceOf(ApplicationFailedException.class)
                .hasCauseInstanceOf(IOException.class)
                .hasRootCauseMessage("no database");
    }

    @Test
    void websockets_are_denied_and_the_lifespan_has_nothing_to_do() {
        WsgiToAsgi application = new WsgiToAsgi((environ, start) -> List.of(), threads);
        assertThatThrownBy(() -> TestClient.of(application).webSocket("/"))
                .isInstanceOf(WebSocketDeniedException.class);
        try (TestLifespan lifespan = TestLifespan.of(application)) {
            assertThat(lifespan.state()).isEmpty();
        }
    }

    @Test
    void the_client_that_stops_in_the_middle_of_its_body_is_an_exception_of_the_read() throws InterruptedException {
        List<Throwable> thrown = Collections.synchronizedList(new ArrayList<>());
        TestResponse response = client((environ, start) -> {
                    try {
                        environ.input().readAllBytes();
                    } catch (IOException e) {
                        thrown.add(e);
                        throw e;
                    }
                    return List.of();
                })
                .post("/")
                .body("abc".getBytes(ISO_8859_1), "text/plain")
                .header("Content-Length", "9")
                .send();
        assertThat(response.code()).isEqualTo(400);
        threads.shutdown();
        assertThat(threads.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
        assertThat(thrown).singleElement().isInstanceOf(ClientException.class);
    }

    /** An endless body that notes its close. */
    private static final class Closing implements GatewayApplication {
        private final List<String> closes = Collections.synchronizedList(new ArrayList<>());

        private final class Body implements Iterable<byte[]>, AutoCloseable {
            @Override
            public Iterator<byte[]> iterator() {
                return IntStream.iterate(0, number -> number + 1)
                        .mapToObj(number -> "x".getBytes(UTF_8))
                        .iterator();
            }

            @Override
            public void close() {
                closes.add("closed");
            }
        }

        @Override
        public Iterable<byte[]> call(Environ environ, StartResponse start) {
            start.start("200 OK", List.of());
            return new Body();
        }
    }
}

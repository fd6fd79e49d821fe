package io.gangway.testing;

import static io.gangway.testing.Apps.failing;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gangway.exchange.Outcome.Ending;
import io.gangway.testing.Apps.Counting;
import io.gangway.wsgi.ClientException;
import io.gangway.wsgi.Environ;
import io.gangway.wsgi.GatewayApplication;
import io.gangway.wsgi.Header;
import io.gangway.wsgi.StartResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class StreamedResponseTest {
    private static final List<Header> TEXT = List.of(new Header("Content-Type", "text/plain"));

    private final Counting endless =
            new Counting(() -> Stream.generate(() -> "tick").iterator());

    @AfterEach
    void no_thread_is_left() {
        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .noneMatch(name -> name.startsWith("gangway-test-client-"));
    }

    @Test
    void pulls_one_block_at_a_time() {
        try (StreamedResponse response =
                TestClient.of(endless.asApplication()).get("/").open()) {
            assertThat(response.code()).isEqualTo(200);
            assertThat(response.reason()).isEqualTo("OK");
            assertThat(response.header("Content-Type")).hasValue("text/plain");
            for (int i = 1; i <= 3; i++) {
                assertThat(response.next()).hasValue("tick".getBytes(UTF_8));
                assertThat(endless.produced).isEqualTo(i);
            }
        }
    }

    @Test
    void closes_the_body_once_on_its_own_thread_when_the_client_leaves() {
        StreamedResponse response =
                TestClient.of(endless.asApplication()).get("/").open();
        response.next();
        assertThat(endless.closedOn).isEmpty();

        response.close();
        response.close();

        assertThat(endless.closedOn).hasSize(1).doesNotContain(Thread.currentThread());
        assertThat(response.outcome().ending()).isEqualTo(Ending.CLIENT_LEFT);
        assertThat(response.outcome().problem())
                .isInstanceOf(ClientException.class)
                .hasMessage("the client left");
        assertThatThrownBy(response::next)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("The response is closed. Fix: read its blocks before closing it");
    }

    @Test
    void can_leave_at_once() {
        TestClient.of(endless.asApplication()).get("/").open().close();
        assertThat(endless.closedOn).hasSize(1);
    }

    @Test
    void comes_to_the_end() {
        Counting body = new Counting(List.of("a", "", "b"));
        try (StreamedResponse response =
                TestClient.of(body.asApplication()).get("/").open()) {
            assertThat(response.next()).hasValue("a".getBytes(UTF_8));
            assertThatThrownBy(response::outcome)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage(
                            "The exchange has not ended. Fix: call next() until it returns an empty Optional, or close()");
            assertThat(response.rest()).isEqualTo("b".getBytes(UTF_8));
            assertThat(response.next()).isEmpty();
            assertThat(body.closedOn).hasSize(1);
            assertThat(response.outcome().ending()).isEqualTo(Ending.COMPLETE);
        }
        assertThat(body.closedOn).hasSize(1);
    }

    @Test
    void throws_where_the_connection_breaks() {
        Iterator<String> failing = new Iterator<>() {
            private boolean first = true;

            @Override
            public boolean hasNext() {
                return true;
            }

            @Override
            public String next() {
                if (first) {
                    first = false;
                    return "a";
                }
                throw new IllegalStateException("boom");
            }
        };
        try (StreamedResponse response = TestClient.of(new Counting(() -> failing).asApplication())
                .get("/")
                .open()) {
            assertThat(response.next()).hasValue("a".getBytes(UTF_8));
            assertThatThrownBy(response::next)
                    .isInstanceOf(ApplicationFailedException.class)
                    .hasMessage(
                            "GET http://testserver/ made the application fail with java.lang.IllegalStateException: boom."
                                    + " A client gets a broken connection; use TestClient.withErrorPages() to test for that");
        }
    }

    @Test
    void says_in_close_that_the_application_failed_if_nothing_else_has() {
        StreamedResponse response = TestClient.of(failing()).get("/").open();
        assertThat(response.code()).isEqualTo(500);
        assertThatThrownBy(response::close)
                .isInstanceOf(ApplicationFailedException.class)
                .cause()
                .hasMessage("boom");
    }

    @Test
    void shows_the_error_page_on_demand() {
        try (StreamedResponse response =
                TestClient.of(failing()).withErrorPages().get("/").open()) {
            assertThat(response.code()).isEqualTo(500);
            assertThat(response.rest()).asString(UTF_8).startsWith("500 Internal Server Error\n");
            assertThat(response.outcome().ending()).isEqualTo(Ending.REPLACED);
        }
    }

    @Test
    void reports_a_body_that_fails_to_close_when_the_client_leaves() {
        class Unclosable implements Iterable<byte[]>, AutoCloseable {
            @Override
            public Iterator<byte[]> iterator() {
                return Stream.generate(() -> new byte[1]).iterator();
            }

            @Override
            public void close() throws IOException {
                throw new IOException("cannot close");
            }
        }
        StreamedResponse response = TestClient.of((environ, startResponse) -> {
                    startResponse.start("200 OK", TEXT);
                    return new Unclosable();
                })
                .get("/")
                .open();
        response.next();
        assertThatThrownBy(response::close)
                .isInstanceOf(ApplicationFailedException.class)
                .cause()
                .hasMessage("cannot close");
    }

    @Test
    void a_write_fails_when_the_client_has_left() {
        List<Throwable> seen = new ArrayList<>();
        GatewayApplication app = (environ, startResponse) -> {
            StartResponse.Write write = startResponse.start("200 OK", TEXT);
            try {
                while (true) {
                    write.write(new byte[10]);
                }
            } catch (ClientException e) {
                seen.add(e);
                throw e;
            }
        };
        try (StreamedResponse response = TestClient.of(app).get("/").open()) {
            assertThat(response.next())
                    .hasValueSatisfying(block -> assertThat(block).hasSize(10));
        }
        assertThat(seen).singleElement().isInstanceOf(ClientException.class);
    }

    /** Echoes each line as it comes. */
    private static final GatewayApplication ECHO = (environ, startResponse) -> {
        startResponse.start("200 OK", TEXT);
        InputStream input = environ.input();
        return () -> new Iterator<>() {
            private int next = -2;

            @Override
            public boolean hasNext() {
                if (next == -2) {
                    next = read(input);
                }
                return next >= 0;
            }

            @Override
            public byte[] next() {
                byte[] block = {(byte) next};
                next = -2;
                return block;
            }
        };
    };

    private static int read(InputStream input) {
        try {
            return input.read();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void streams_in_both_directions() throws IOException {
        PipedOutputStream sending = new PipedOutputStream();
        try (StreamedResponse response = TestClient.of(ECHO)
                .post("/")
                .body(new PipedInputStream(sending), "text/plain")
                .open()) {
            for (String word : List.of("a", "b", "c")) {
                sending.write(word.getBytes(UTF_8));
                sending.flush();
                assertThat(response.next()).hasValue(word.getBytes(UTF_8));
            }
            sending.close();
            assertThat(response.next()).isEmpty();
        }
    }

    @Test
    void a_read_that_waits_for_the_client_fails_when_it_leaves() throws IOException {
        CountDownLatch reading = new CountDownLatch(1);
        List<Throwable> seen = new ArrayList<>();
        GatewayApplication app = (environ, startResponse) -> {
            try {
                reading.countDown();
                environ.input().read();
            } catch (ClientException e) {
                seen.add(e);
                assertThat(Thread.currentThread().isInterrupted()).isFalse();
                throw e;
            }
            return List.of();
        };
        StreamedResponse response = TestClient.of(app)
                .post("/")
                .body(new PipedInputStream(new PipedOutputStream()), "text/plain")
                .open();
        awaitUninterruptibly(reading);
        response.close();
        assertThat(seen).singleElement().isInstanceOf(ClientException.class);
        assertThat(response.outcome().isClientsFault()).isTrue();
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void lets_an_interrupted_test_go() {
        CountDownLatch never = new CountDownLatch(1);
        GatewayApplication stuck = (environ, startResponse) -> {
            never.await();
            return List.of();
        };
        StreamedResponse response =
                TestClient.of(stuck).withErrorPages().get("/").open();
        Thread.currentThread().interrupt();
        assertThatThrownBy(response::code)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("The test was interrupted while it waited for the application");
        assertThat(Thread.interrupted()).isTrue();
        response.close();
        assertThat(response.outcome().problem()).isInstanceOf(InterruptedException.class);
    }

    @Test
    void returns_the_error_lines_so_far() {
        GatewayApplication app = (environ, startResponse) -> {
            startResponse.start("200 OK", TEXT);
            environ.errors().println("before");
            return () -> Stream.of("x")
                    .peek(block -> environ.errors().println("between"))
                    .map(block -> block.getBytes(UTF_8))
                    .iterator();
        };
        try (StreamedResponse response = TestClient.of(app).get("/").open()) {
            assertThat(response.next()).isPresent();
            assertThat(response.errors()).containsExactly("before", "between");
            assertThat(response.rest()).isEmpty();
        }
    }

    @Test
    void runs_the_application_on_a_daemon_thread_named_for_the_request() {
        GatewayApplication app = Apps.telling(environ -> Thread.currentThread().getName() + " "
                + Thread.currentThread().isDaemon() + " " + environ.get(Environ.REQUEST_ID));
        try (StreamedResponse response = TestClient.of(app).get("/").open()) {
            assertThat(response.rest()).asString(UTF_8).isEqualTo("gangway-test-client-test-1 true test-1");
        }
    }
}

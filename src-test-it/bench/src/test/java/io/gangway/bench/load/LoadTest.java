package io.gangway.bench.load;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a load counts, against a server of a few lines. */
class LoadTest {
    private static final String ANSWER = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    /** What the server does with a connection, in a thread of its own. */
    @FunctionalInterface
    private interface Service {
        void serve(Socket connection) throws IOException;
    }

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private ServerSocket listener;

    @BeforeEach
    void listen() throws IOException {
        listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    }

    @AfterEach
    void close() throws IOException {
        listener.close();
        threads.shutdownNow();
    }

    @Test
    void requests_under_way_are_answered_after_the_time() throws Exception {
        serve(connection -> {
            while (hasRead(connection)) {
                send(connection, ANSWER);
            }
        });

        Load.Result result = Load.run(plan(3, true, Duration.ofMillis(100), Duration.ofSeconds(20)));

        assertThat(result.failed()).isZero();
        assertThat(result.unanswered()).isZero();
        assertThat(result.fewest()).isPositive();
        assertThat(result.latencies().count()).isGreaterThanOrEqualTo(3 * result.fewest());
        assertThat(result.latencies().microseconds(50))
                .isLessThanOrEqualTo(result.latencies().microseconds(99));
    }

    @Test
    void a_connection_that_gets_no_answer_is_the_one_with_the_fewest() throws Exception {
        AtomicInteger number = new AtomicInteger();
        serve(connection -> {
            boolean isStarved = number.getAndIncrement() == 0;
            while (hasRead(connection)) {
                if (!isStarved) {
                    send(connection, ANSWER);
                }
            }
        });

        Load.Result result = Load.run(plan(3, true, Duration.ofMillis(100), Duration.ofMillis(200)));

        assertThat(result.fewest()).isZero();
        assertThat(result.unanswered()).isEqualTo(1);
        assertThat(result.latencies().count()).isPositive();
    }

    @Test
    void a_request_on_a_kept_connection_that_was_closed_is_sent_again() throws Exception {
        serve(connection -> {
            if (hasRead(connection)) {
                send(connection, ANSWER);
            }
            connection.close();
        });

        Load.Result result = Load.run(plan(1, true, Duration.ofMillis(100), Duration.ofSeconds(20)));

        assertThat(result.failed()).isZero();
        assertThat(result.reopened()).isEqualTo(result.latencies().count() - 1).isPositive();
    }

    @Test
    void each_request_has_a_connection_of_its_own_if_none_is_kept() throws Exception {
        AtomicInteger connections = new AtomicInteger();
        serve(connection -> {
            connections.incrementAndGet();
            while (hasRead(connection)) {
                send(connection, ANSWER);
            }
        });

        Load.Result result = Load.run(plan(2, false, Duration.ofMillis(100), Duration.ofSeconds(20)));

        assertThat(connections).hasValue(result.latencies().count());
        assertThat(result.reopened()).isZero();
    }

    @Test
    void a_wrong_answer_is_a_failure_and_ends_the_load_early() throws Exception {
        serve(connection -> {
            while (hasRead(connection)) {
                send(connection, ANSWER.replace("200 OK", "500 Oh"));
            }
        });

        Load.Result result = Load.run(plan(2, true, Duration.ofMinutes(5), Duration.ofSeconds(20)));

        assertThat(result.latencies().count()).isZero();
        assertThat(result.failed()).isGreaterThanOrEqualTo(2);
        assertThat(result.firstFailure()).isEqualTo("the answer HTTP/1.1 500 Oh");
    }

    private Load.Plan plan(int connections, boolean isKept, Duration time, Duration grace) {
        InetSocketAddress server = new InetSocketAddress(InetAddress.getLoopbackAddress(), listener.getLocalPort());
        Request request = Request.of("GET / HTTP/1.1\nHost: test", 0);
        return new Load.Plan(server, request, Expected.of("ok".getBytes(ISO_8859_1)), connections, isKept, time, grace);
    }

    private void serve(Service service) {
        threads.execute(() -> {
            while (!listener.isClosed()) {
                try {
                    Socket connection = listener.accept();
                    threads.execute(() -> handle(service, connection));
                } catch (IOException e) {
                    assertThat(listener.isClosed()).as("accept failed: " + e).isTrue();
                }
            }
        });
    }

    private static void handle(Service service, Socket connection) {
        try (connection) {
            service.serve(connection);
        } catch (IOException e) {
            // The client has closed the connection, as it does at the end of its load.
        }
    }

    /** Whether another request has arrived, and not the end; a request is one segment here. */
    private static boolean hasRead(Socket connection) throws IOException {
        return connection.getInputStream().read(new byte[1024]) > 0;
    }

    private static void send(Socket connection, String answer) throws IOException {
        connection.getOutputStream().write(answer.getBytes(ISO_8859_1));
    }
}

package io.gangway.testing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gangway.exchange.Exchange;
import io.gangway.exchange.ExchangeApplication;
import io.gangway.exchange.ExchangeListener;
import io.gangway.exchange.Outcome.Ending;
import io.gangway.wsgi.ClientException;
import io.gangway.wsgi.Environ;
import io.gangway.wsgi.GatewayApplication;
import io.gangway.wsgi.Header;
import io.gangway.wsgi.RuleViolation;
import io.gangway.wsgi.StartResponse;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Applications that answer on another thread, as those in workers do: the client serves them as a container does, without a call. */
@Timeout(30)
class ServedDirectlyTest {
    private final ExecutorService elsewhere = Executors.newSingleThreadExecutor();
    private final BlockingQueue<String> events = new LinkedBlockingQueue<>();

    @AfterEach
    void no_thread_is_left() throws InterruptedException {
        elsewhere.shutdownNow();
        assertThat(elsewhere.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    }

    @FunctionalInterface
    private interface Work {
        void run(Exchange exchange) throws Exception;
    }

    private final class Worker implements GatewayApplication, ExchangeApplication, ExchangeListener {
        private final Work work;

        Worker(Work work) {
            this.work = work;
        }

        @Override
        public Iterable<byte[]> call(Environ environ, StartResponse startResponse) {
            throw new AssertionError("the client needs no call");
        }

        @Override
        public void serve(Exchange exchange) {
            exchange.listen(this);
            elsewhere.execute(() -> {
                try {
                    work.run(exchange);
                } catch (Exception e) {
                    exchange.fail(e);
                    return;
                }
                exchange.end();
            });
        }

        @Override
        public boolean isBlocking() {
            return false;
        }

        @Override
        public void readable() {
            events.add("readable");
        }

        @Override
        public void writable() {
            events.add("writable");
        }

        @Override
        public void left(ClientException how) {
            events.add("left: " + how.getMessage());
        }
    }

    private void write(Exchange exchange, String text) throws Exception {
        byte[] data = text.getBytes(UTF_8);
        if (!exchange.write(data, 0, data.length, true)) {
            assertThat(events.take()).isEqualTo("writable");
        }
    }

    @Test
    void sends_a_body_and_receives_a_response() {
        TestClient client = TestClient.of(new Worker(exchange -> {
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            byte[] buffer = new byte[3];
            for (int count = exchange.read(buffer, 0, 3); count >= 0; count = exchange.read(buffer, 0, 3)) {
                body.write(buffer, 0, count);
                if (count == 0) {
                    assertThat(events.take()).isEqualTo("readable");
                }
            }
            exchange.head("200 OK", List.of(new Header("Set-Cookie", "a=1"), new Header("Content-Type", "text/plain")));
            write(exchange, exchange.facts().path() + " " + body.toString(UTF_8));
        }));
        TestResponse response = client.post("/echo")
                .body("hello, worker".getBytes(UTF_8), "text/plain")
                .send();
        assertThat(response.text()).isEqualTo("/echo hello, worker");
        assertThat(client.cookie("a")).hasValue("1");
        assertThat(response.outcome().ending()).isEqualTo(Ending.COMPLETE);
    }

    @Test
    void is_linted_unless_asked_not_to() {
        TestClient client = TestClient.of(new Worker(exchange -> {
            exchange.head("204 No Content", List.of());
            exchange.write(new byte[1], 0, 1, true);
        }));
        assertThatThrownBy(() -> client.get("/").send())
                .isInstanceOf(ApplicationFailedException.class)
                .cause()
                .isInstanceOfSatisfying(
                        RuleViolation.class, e -> assertThat(e.rule()).isEqualTo("W64"));
        assertThat(client.unlinted().get("/").send().code()).isEqualTo(204);
    }

    @Test
    void does_not_run_ahead_of_a_client_that_reads_block_by_block() {
        TestClient client = TestClient.of(new Worker(exchange -> {
            exchange.head("200 OK", List.of(new Header("Content-Type", "text/plain")));
            write(exchange, "a");
            write(exchange, "b");
        }));
        try (StreamedResponse response = client.get("/").open()) {
            assertThat(response.next()).hasValue("a".getBytes(UTF_8));
            assertThat(response.next()).hasValue("b".getBytes(UTF_8));
            assertThat(response.next()).isEmpty();
        }
    }

    @Test
    void is_told_of_a_client_that_leaves_while_it_is_silent() throws Exception {
        CountDownLatch silent = new CountDownLatch(1);
        List<String> told = new CopyOnWriteArrayList<>();
        TestClient client = TestClient.of(new Worker(exchange -> {
            silent.countDown();
            told.add(events.take());
        }));
        StreamedResponse response = client.get("/").open();
        silent.await();
        response.close();
        assertThat(told).containsExactly("left: the client left");
        assertThat(response.outcome().ending()).isEqualTo(Ending.CLIENT_LEFT);
    }
}

package io.gangway.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gangway.exchange.Exchange;
import io.gangway.exchange.ExchangeApplication;
import io.gangway.exchange.ExchangeListener;
import io.gangway.exchange.RequestFacts;
import io.gangway.wsgi.ClientException;
import io.gangway.wsgi.Environ;
import io.gangway.wsgi.Header;
import io.gangway.wsgi.StartResponse;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An application of exchanges, called as a function. */
@Timeout(30)
@SuppressWarnings("try") // bodies may throw anything from close()
class ExchangeCallTest {
    private final List<String> log = Collections.synchronizedList(new ArrayList<>());
    private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
    private @Nullable Thread thread;

    @FunctionalInterface
    private interface Work {
        void run(Exchange exchange) throws Exception;
    }

    /** Works on a thread of its own, as one whose answers come from elsewhere does. */
    private ExchangeApplication elsewhere(Work work) {
        return new ExchangeApplication() {
            @Override
            public void serve(Exchange exchange) {
                exchange.listen(new ExchangeListener() {
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
                });
                Thread working = new Thread(() -> {
                    try {
                        work.run(exchange);
                    } catch (Exception e) {
                        exchange.fail(e);
                    }
                });
                thread = working;
                working.start();
            }

            @Override
            public boolean isBlocking() {
                return false;
            }
        };
    }

    @AfterEach
    void no_thread_is_left() throws InterruptedException {
        if (thread != null) {
            thread.join(10_000);
            assertThat(thread.isAlive()).isFalse();
        }
    }

    private void write(Exchange exchange, String text) throws Exception {
        byte[] data = text.getBytes(UTF_8);
        if (!exchange.write(data, 0, data.length, true)) {
            assertThat(events.take()).isEqualTo("writable");
        }
        log.add("wrote " + text);
    }

    private final StartResponse start = (status, headers, excInfo) -> {
        log.add("start " + status + " " + headers);
        return data -> {};
    };

    private static Environ environ(String body) {
        return FactsEnviron.of(
                RequestFacts.of("r1", "POST")
                        .headers(List.of(new Header("Content-Length", Integer.toString(body.length()))))
                        .build(),
                Serving.objects(Map.of("wsgi.input", new ByteArrayInputStream(body.getBytes(UTF_8)))));
    }

    private static void close(Iterable<byte[]> body) throws Exception {
        ((AutoCloseable) body).close();
    }

    @Test
    void passes_head_and_blocks_on_and_does_not_run_ahead() throws Exception {
        ExchangeApplication application = elsewhere(exchange -> {
            byte[] data = new byte[10];
            while (exchange.read(data, 0, 10) == 0) {
                assertThat(events.take()).isEqualTo("readable");
            }
            exchange.head("201 Created", List.of(new Header("X", new String(data, 0, 3, UTF_8))));
            write(exchange, "a");
            write(exchange, "b");
            exchange.end();
        });
        Iterable<byte[]> body = ExchangeCall.of(application, environ("abc"), start);
        assertThat(log).containsExactly("start 201 Created [Header[name=X, value=abc]]");
        Iterator<byte[]> blocks = body.iterator();
        assertThat(blocks.next()).asString(UTF_8).isEqualTo("a");
        assertThat(log).doesNotContain("wrote b");
        assertThat(blocks.next()).asString(UTF_8).isEqualTo("b");
        assertThat(blocks.hasNext()).isFalse();
        assertThatThrownBy(blocks::next).isInstanceOf(NoSuchElementException.class);
        close(body);
    }

    @Test
    void throws_what_failed_before_the_head_and_never_starts() {
        IllegalStateException boom = new IllegalStateException("boom");
        ExchangeApplication application = elsewhere(exchange -> {
            exchange.head("200 OK", List.of());
            exchange.fail(boom);
        });
        assertThatThrownBy(() -> ExchangeCall.of(application, environ(""), start))
                .isSameAs(boom);
        assertThat(log).isEmpty();
    }

    @Test
    void throws_what_failed_after_a_block_where_the_next_block_would_be() throws Exception {
        IOException checked = new IOException("worker lost");
        ExchangeApplication application = elsewhere(exchange -> {
            exchange.head("200 OK", List.of());
            write(exchange, "a");
            throw checked;
        });
        Iterable<byte[]> body = ExchangeCall.of(application, environ(""), start);
        Iterator<byte[]> blocks = body.iterator();
        assertThat(blocks.next()).asString(UTF_8).isEqualTo("a");
        assertThatThrownBy(blocks::hasNext).isSameAs(checked);
        close(body);
    }

    @Test
    void throws_from_close_what_failed_after_the_last_byte() throws Exception {
        IllegalStateException late = new IllegalStateException("close");
        ExchangeApplication application = elsewhere(exchange -> {
            exchange.head("200 OK", List.of());
            write(exchange, "a");
            exchange.settle(null);
            exchange.conclude(late);
        });
        Iterable<byte[]> body = ExchangeCall.of(application, environ(""), start);
        assertThat(body).hasSize(1);
        assertThatThrownBy(() -> close(body)).isSameAs(late);
    }

    @Test
    void an_empty_response_has_its_length() throws Exception {
        ExchangeApplication application = elsewhere(exchange -> {
            exchange.head("200 OK", List.of());
            exchange.end();
        });
        Iterable<byte[]> body = ExchangeCall.of(application, environ(""), start);
        assertThat(body).isEmpty();
        close(body);
        assertThat(log).containsExactly("start 200 OK [Header[name=Content-Length, value=0]]");
    }

    @Test
    void a_close_before_the_end_is_a_client_that_leaves_and_waits_for_the_application() throws Exception {
        ExchangeApplication application = elsewhere(exchange -> {
            exchange.head("200 OK", List.of());
            write(exchange, "a");
            assertThat(events.take()).isEqualTo("left: the response was closed before its end");
            log.add("cleaned up");
            exchange.end();
        });
        Iterable<byte[]> body = ExchangeCall.of(application, environ(""), start);
        assertThat(body.iterator().next()).asString(UTF_8).isEqualTo("a");
        close(body);
        assertThat(log).contains("cleaned up");
        close(body);
    }

    @Test
    void an_application_ends_if_the_caller_refuses_its_head() {
        ExchangeApplication application = elsewhere(exchange -> {
            exchange.head("200 OK", List.of());
            try {
                exchange.write(new byte[1], 0, 1, true);
                log.add(events.take());
            } catch (ClientException e) {
                log.add("left: " + e.getMessage());
            }
            exchange.end();
        });
        IllegalStateException refusal = new IllegalStateException("second call");
        assertThatThrownBy(() -> ExchangeCall.of(application, environ(""), (status, headers, excInfo) -> {
                    throw refusal;
                }))
                .isSameAs(refusal);
        assertThat(log).containsExactly("left: the response was closed before its end");
    }

    @Test
    void a_wsgi_function_is_one_too() throws Exception {
        WsgiFunction function = new WsgiFunction(
                (environ, startResponse) -> {
                    startResponse.start("200 OK", List.of());
                    return List.of("a".getBytes(UTF_8), "b".getBytes(UTF_8));
                },
                exchange -> environ(""));
        Iterable<byte[]> body = ExchangeCall.of(function, environ(""), start);
        assertThat(body).extracting(block -> new String(block, UTF_8)).containsExactly("a", "b");
        close(body);
    }
}

package io.gangway.exchange;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gangway.exchange.Outcome.Ending;
import io.gangway.wsgi.ClientException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class BlockingWireTest {
    private final ClientException gone = new ClientException("the client left", new EOFException("broken pipe"));

    /** What the sink got, and the thread that wrote it. */
    private final List<String> sent = Collections.synchronizedList(new ArrayList<>());

    private final List<Thread> senders = Collections.synchronizedList(new ArrayList<>());
    private volatile @Nullable Exception failure;

    private final ResponseSink sink = new ResponseSink() {
        @Override
        public void check(ResponseHead head) {
            if (head.headers().size() > 4) {
                throw new HeadTooLargeException("too large");
            }
        }

        @Override
        public void commit(ResponseHead head) {
            note("head " + head.code());
        }

        @Override
        public void write(byte[] data, int offset, int length, boolean flush) throws ClientException {
            note((flush ? "flush " : "write ") + new String(data, offset, length, ISO_8859_1));
            failIfAsked();
        }

        private void note(String call) {
            sent.add(call);
            senders.add(Thread.currentThread());
        }

        private void failIfAsked() throws ClientException {
            Exception due = failure;
            if (due instanceof ClientException client) {
                throw client;
            }
            if (due instanceof RuntimeException exception) {
                throw exception;
            }
        }
    };

    private final List<EndedExchange> ended = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();

    @AfterEach
    void no_thread_is_left() throws InterruptedException {
        for (Thread thread : threads) {
            thread.join(10_000);
            assertThat(thread.isAlive()).isFalse();
        }
    }

    /** An application that works on a thread of its own, and gets its events as texts. */
    private abstract class Elsewhere implements ExchangeApplication, ExchangeListener {
        final BlockingQueue<String> events = new LinkedBlockingQueue<>();
        private volatile @Nullable Throwable problem;

        abstract void work(Exchange exchange) throws Exception;

        @Override
        public void serve(Exchange exchange) {
            exchange.listen(this);
            Thread thread = new Thread(() -> {
                try {
                    work(exchange);
                } catch (Throwable e) {
                    problem = e;
                    exchange.fail(e);
                }
            });
            threads.add(thread);
            thread.start();
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

        void write(Exchange exchange, String text) throws Exception {
            byte[] data = text.getBytes(ISO_8859_1);
            if (!exchange.write(data, 0, data.length, true)) {
                assertThat(events.take()).isEqualTo("writable");
            }
        }

        String readAll(Exchange exchange, int atOnce) throws Exception {
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            byte[] buffer = new byte[atOnce];
            for (int count = exchange.read(buffer, 0, atOnce); count >= 0; count = exchange.read(buffer, 0, atOnce)) {
                all.write(buffer, 0, count);
                if (count == 0) {
                    assertThat(events.take()).isEqualTo("readable");
                }
            }
            return all.toString(ISO_8859_1);
        }
    }

    private BlockingWire serve(InputStream input, ExchangeApplication application) {
        BlockingWire wire = new BlockingWire(input, sink);
        new ExchangeRules(ErrorPage.PRODUCTION, new Repairs(), List.of(), ended::add)
                .serve(RequestFacts.of("r1", "POST").build(), wire, application);
        return wire;
    }

    @FunctionalInterface
    private interface Read {
        int read() throws IOException;
    }

    /** A body whose reads all do the same. */
    private static final class Reading extends InputStream {
        private final Read read;

        Reading(Read read) {
            this.read = read;
        }

        @Override
        public int read() throws IOException {
            return read.read();
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            return read.read();
        }
    }

    private static InputStream body(String text) {
        return new ByteArrayInputStream(text.getBytes(ISO_8859_1));
    }

    @Test
    void other_threads_read_and_write_and_the_owner_does_it() throws Exception {
        String large = "0123456789".repeat(10_000);
        Elsewhere echo = new Elsewhere() {
            @Override
            void work(Exchange exchange) throws Exception {
                exchange.head("200 OK", List.of());
                String body = readAll(exchange, 1000);
                assertThat(exchange.read(new byte[1], 0, 1)).as("the end again").isEqualTo(-1);
                write(exchange, body.substring(0, 3));
                write(exchange, Integer.toString(body.length()));
                exchange.end();
            }
        };
        BlockingWire wire = serve(body(large), echo);
        assertThat(wire.isEnded()).isFalse();
        assertThat(wire.run()).isEqualTo(Ending.COMPLETE);
        assertThat(wire.isEnded()).isTrue();
        assertThat(echo.problem).isNull();
        assertThat(sent).containsExactly("head 200", "flush 012", "flush 100000");
        assertThat(senders).containsOnly(Thread.currentThread());
        assertThat(ended).singleElement().extracting(EndedExchange::bytes).isEqualTo(9L);
    }

    /** An application may go on where it was told to: then it reads on the owner's thread. */
    @Test
    void nothing_is_lost_if_a_read_of_another_thread_goes_on_in_the_event() {
        StringBuilder body = new StringBuilder();
        ExchangeApplication reading = new Elsewhere() {
            private @Nullable Exchange reader;

            @Override
            void work(Exchange exchange) throws Exception {
                reader = exchange;
                assertThat(exchange.read(new byte[1], 0, 1)).isZero();
            }

            @Override
            public void readable() {
                Exchange exchange = requireNonNull(reader);
                byte[] buffer = new byte[7];
                try {
                    for (int count = exchange.read(buffer, 0, 7); count >= 0; count = exchange.read(buffer, 0, 7)) {
                        body.append(new String(buffer, 0, count, ISO_8859_1));
                    }
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
                exchange.head("204 No Content", List.of());
                exchange.end();
            }
        };
        String text = "0123456789".repeat(4_000);
        serve(body(text), reading).run();
        assertThat(body).hasToString(text);
        assertThat(sent).containsExactly("head 204");
    }

    @Test
    void a_read_that_is_asked_for_twice_is_done_once() throws Exception {
        List<String> events = new ArrayList<>();
        BlockingWire wire = new BlockingWire(body("abc"), sink);
        wire.attach(new Wire.Events() {
            @Override
            public void readable() {
                events.add("readable");
            }

            @Override
            public void writable() {}

            @Override
            public void left(ClientException how) {
                events.add("left");
            }

            @Override
            public void ended() {}
        });
        List<Integer> counts = Collections.synchronizedList(new ArrayList<>());
        Thread other = new Thread(() -> {
            try {
                counts.add(wire.read(new byte[1], 0, 1));
                counts.add(wire.read(new byte[1], 0, 1));
            } catch (IOException e) {
                throw new AssertionError(e);
            }
            wire.leave(gone);
        });
        threads.add(other);
        other.start();
        other.join();
        wire.step();
        wire.step();
        assertThat(counts).containsExactly(0, 0);
        assertThat(events).containsExactly("readable", "left");
        assertThat(wire.read(new byte[3], 0, 3)).isEqualTo(3);
    }

    @Test
    void the_owner_itself_waits_and_needs_no_events() throws Exception {
        List<String> read = new ArrayList<>();
        ExchangeApplication here = new ExchangeApplication() {
            @Override
            public void serve(Exchange exchange) {
                try {
                    byte[] buffer = new byte[10];
                    read.add(new String(buffer, 0, exchange.read(buffer, 0, 10), ISO_8859_1));
                    exchange.head("200 OK", List.of());
                    assertThat(exchange.write(buffer, 0, 2, true)).isTrue();
                    exchange.end();
                } catch (IOException e) {
                    exchange.fail(e);
                }
            }

            @Override
            public boolean isBlocking() {
                return true;
            }
        };
        BlockingWire wire = serve(body("abc"), here);
        assertThat(wire.isEnded()).isTrue();
        assertThat(wire.run()).isEqualTo(Ending.COMPLETE);
        assertThat(read).containsExactly("abc");
    }

    @Test
    void a_client_that_leaves_in_a_write_is_told_and_nothing_more_is_sent() {
        failure = gone;
        Elsewhere writing = new Elsewhere() {
            @Override
            void work(Exchange exchange) throws Exception {
                exchange.head("200 OK", List.of());
                byte[] data = {'a'};
                assertThat(exchange.write(data, 0, 1, true)).isFalse();
                assertThat(events.take()).isEqualTo("left: the client left");
                assertThatThrownBy(() -> exchange.write(data, 0, 1, true)).isSameAs(gone);
                exchange.end();
            }
        };
        assertThat(serve(body(""), writing).run()).isEqualTo(Ending.CLIENT_LEFT);
        assertThat(writing.problem).isNull();
        assertThat(sent).containsExactly("head 200", "flush a");
        assertThat(ended)
                .singleElement()
                .extracting(EndedExchange::outcome)
                .isEqualTo(new Outcome(Ending.CLIENT_LEFT, gone));
    }

    @Test
    void what_the_container_throws_in_a_write_breaks_the_response_off() {
        failure = new IllegalStateException("recycled");
        Elsewhere writing = new Elsewhere() {
            @Override
            void work(Exchange exchange) throws Exception {
                exchange.head("200 OK", List.of());
                exchange.write(new byte[1], 0, 1, true);
                assertThat(events.take()).isEqualTo("left: the response could not be written");
                exchange.end();
            }
        };
        assertThat(serve(body(""), writing).run()).isEqualTo(Ending.BROKEN);
        assertThat(writing.problem).isNull();
    }

    @Test
    void a_client_that_leaves_in_a_read_is_told_at_each_read() {
        InputStream cut = new Reading(() -> {
            throw gone;
        });
        Elsewhere reading = new Elsewhere() {
            @Override
            void work(Exchange exchange) throws Exception {
                assertThatThrownBy(() -> readAll(exchange, 10)).isSameAs(gone);
                assertThatThrownBy(() -> readAll(exchange, 10)).isSameAs(gone);
                exchange.fail(gone);
            }
        };
        assertThat(serve(cut, reading).run()).isEqualTo(Ending.REPLACED);
        assertThat(reading.problem).isNull();
        assertThat(sent.get(0)).isEqualTo("head 400");
    }

    @Test
    void what_the_container_throws_in_a_read_is_told_to_the_reader() {
        IllegalStateException recycled = new IllegalStateException("recycled");
        InputStream broken = new Reading(() -> {
            throw recycled;
        });
        Elsewhere reading = new Elsewhere() {
            @Override
            void work(Exchange exchange) throws Exception {
                assertThatThrownBy(() -> readAll(exchange, 10))
                        .isInstanceOf(IOException.class)
                        .hasMessage("the request's body could not be read")
                        .hasCause(recycled);
                exchange.head("204 No Content", List.of());
                exchange.end();
            }
        };
        assertThat(serve(broken, reading).run()).isEqualTo(Ending.COMPLETE);
        assertThat(reading.problem).isNull();
    }

    @Test
    void a_head_that_is_too_large_is_told_to_the_application_s_own_thread() {
        Elsewhere writing = new Elsewhere() {
            @Override
            void work(Exchange exchange) throws Exception {
                exchange.head("200 OK", Collections.nCopies(5, new io.gangway.wsgi.Header("A", "b")));
                assertThatThrownBy(() -> exchange.write(new byte[1], 0, 1, true))
                        .isInstanceOf(HeadTooLargeException.class);
                exchange.fail(new IllegalStateException("too large"));
            }
        };
        assertThat(serve(body(""), writing).run()).isEqualTo(Ending.REPLACED);
        assertThat(writing.problem).isNull();
        assertThat(sent.get(0)).isEqualTo("head 500");
    }

    @Test
    void an_interrupt_of_the_owner_breaks_the_response_off_and_is_restored() throws Exception {
        Elsewhere silent = new Elsewhere() {
            @Override
            void work(Exchange exchange) throws Exception {
                assertThat(events.take()).isEqualTo("left: the server's thread was interrupted");
                exchange.end();
            }
        };
        BlockingWire wire = serve(body(""), silent);
        Thread.currentThread().interrupt();
        assertThat(wire.run()).isEqualTo(Ending.BROKEN); // a clean end would lie to a client that is there
        assertThat(Thread.interrupted()).isTrue();
        assertThat(silent.problem).isNull();
        assertThat(ended)
                .singleElement()
                .satisfies(
                        over -> assertThat(over.outcome().problem()).hasCauseInstanceOf(InterruptedIOException.class));
        assertThat(sent).isEmpty();
    }

    /** Where an application ends its exchange in the event itself, no other thread has anything left to ask for. */
    @Test
    void an_interrupt_ends_an_exchange_that_is_ended_in_the_event() {
        ExchangeApplication ending = new ExchangeApplication() {
            @Override
            public void serve(Exchange exchange) {
                exchange.listen(new ExchangeListener() {
                    @Override
                    public void readable() {}

                    @Override
                    public void writable() {}

                    @Override
                    public void left(ClientException how) {
                        exchange.fail(how);
                    }
                });
            }

            @Override
            public boolean isBlocking() {
                return false;
            }
        };
        BlockingWire wire = serve(body(""), ending);
        Thread.currentThread().interrupt();
        assertThat(wire.run()).isEqualTo(Ending.BROKEN); // a clean end would lie to a client that is there
        assertThat(Thread.interrupted()).isTrue();
        assertThat(ended).hasSize(1);
    }

    @Test
    void a_read_does_not_wait_for_a_client_that_is_known_to_have_left() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        InputStream stuck = new Reading(() -> {
            try {
                assertThat(never.await(30, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                throw new InterruptedIOException();
            }
            return -1;
        });
        CountDownLatch asked = new CountDownLatch(1);
        Elsewhere reading = new Elsewhere() {
            @Override
            void work(Exchange exchange) throws Exception {
                asked.countDown();
                assertThat(events.take()).isEqualTo("left: the client left");
                exchange.end();
            }
        };
        BlockingWire wire = new BlockingWire(stuck, sink);
        new ExchangeRules(ErrorPage.PRODUCTION, new Repairs(), List.of(), ended::add)
                .serve(RequestFacts.of("r1", "POST").build(), wire, reading);
        asked.await();
        Thread other = new Thread(() -> {
            wire.leave(gone);
            try {
                wire.read(new byte[1], 0, 1);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        threads.add(other);
        other.start();
        other.join();
        assertThat(wire.run()).isEqualTo(Ending.CLIENT_LEFT);
        assertThat(reading.problem).isNull();
    }

    @Test
    void leaving_is_told_once_and_not_after_the_end() throws Exception {
        Elsewhere patient = new Elsewhere() {
            @Override
            void work(Exchange exchange) throws Exception {
                assertThat(events.take()).isEqualTo("left: the client left");
                exchange.end();
            }
        };
        BlockingWire wire = serve(body(""), patient);
        wire.leave(gone);
        wire.leave(gone);
        assertThat(wire.run()).isEqualTo(Ending.CLIENT_LEFT);
        wire.leave(gone);
        assertThat(patient.events).isEmpty();
        assertThat(ended).hasSize(1);
    }
}

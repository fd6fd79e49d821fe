package io.gangway.testing;

import static java.util.Objects.requireNonNull;

import io.gangway.asgi.WebSocketClose;
import io.gangway.exchange.BlockingWire;
import io.gangway.exchange.EndedExchange;
import io.gangway.exchange.ErrorPage;
import io.gangway.exchange.ExchangeRules;
import io.gangway.exchange.RequestFacts;
import io.gangway.exchange.WebSocketApplication;
import io.gangway.exchange.WebSocketMessage;
import io.gangway.exchange.WebSocketWire;
import io.gangway.exchange.Wire;
import io.gangway.wsgi.ClientException;
import io.gangway.wsgi.Header;
import java.io.EOFException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A WebSocket of a test, whose application runs in memory.
 *
 * <pre>{@code
 * try (TestWebSocket socket = client.webSocket("/chat")) {
 *     socket.send("hello");
 *     assertThat(socket.text()).isEqualTo("you said hello");
 * } // closes with 1000
 * }</pre>
 *
 * <p>An application's messages wait here until the test asks for them; after a few the application is held up, as by a client that does not read (A36). Whoever waits, waits at most ten
 * seconds.
 *
 * <p>Thread-safe. Must be closed.
 */
public final class TestWebSocket implements AutoCloseable {
    /** Far longer than an application in memory needs. */
    private static final Duration MAX_WAIT = Duration.ofSeconds(10);

    /** Messages for the test, after which the application is held up. */
    private static final int ROOM = 16;

    private record Accepted(@Nullable String subprotocol, List<Header> headers) {}

    private record Closed(int code, String reason) {}

    private final TestExchange exchange;
    private final Socket socket = new Socket();
    private final CompletableFuture<Object> answer = new CompletableFuture<>();
    private final CompletableFuture<Closed> closed = new CompletableFuture<>();
    private final CompletableFuture<EndedExchange> ended = new CompletableFuture<>();
    private boolean isReported;

    private TestWebSocket(TestExchange exchange) {
        this.exchange = exchange;
    }

    /** Asks for a WebSocket, and waits for the application's answer. */
    static TestWebSocket open(TestExchange exchange, WebSocketApplication application) {
        TestWebSocket opened = new TestWebSocket(exchange);
        RequestFacts facts = exchange.facts();
        ExchangeRules rules = exchange.rules(ErrorPage.PRODUCTION, opened.ended::complete);
        rules.serve(facts, opened.socket, application);
        Object given = opened.await(opened.answer, "accepted or denied the WebSocket");
        if (given instanceof Accepted) {
            return opened;
        }
        throw new WebSocketDeniedException(opened.denial());
    }

    private TestResponse denial() {
        Consumer<? super Wire> response = requireNonNull(socket.denial);
        TestResponse.Collector collector = new TestResponse.Collector();
        BlockingWire wire = new BlockingWire(InputStream.nullInputStream(), collector);
        response.accept((Wire) wire);
        wire.run();
        return collector.response(exchange, await(ended, "ended its response").outcome());
    }

    private Accepted accepted() {
        return (Accepted) answer.join();
    }

    /**
     * The subprotocol that the application has chosen.
     *
     * @return empty if it has chosen none
     */
    public Optional<String> subprotocol() {
        return Optional.ofNullable(accepted().subprotocol());
    }

    /**
     * The headers of the answer to the handshake, without the handshake's own.
     *
     * @return in the application's order
     */
    public List<Header> headers() {
        return accepted().headers();
    }

    /**
     * Sends a text message. It waits for nothing.
     *
     * @param text any Unicode
     * @return this
     */
    public TestWebSocket send(String text) {
        socket.fromClient(new WebSocketMessage.Text(text));
        return this;
    }

    /**
     * Sends a binary message. It waits for nothing.
     *
     * @param data not to be changed any more
     * @return this
     */
    public TestWebSocket send(byte[] data) {
        socket.fromClient(new WebSocketMessage.Binary(data));
        return this;
    }

    /**
     * Waits for the application's next message.
     *
     * @return its text
     * @throws IllegalStateException if it is binary, if the application has closed the WebSocket, or if none comes
     */
    public String text() {
        if (message() instanceof WebSocketMessage.Text text) {
            return text.text();
        }
        throw new IllegalStateException("The application sent a binary message. Fix: ask with bytes()");
    }

    /**
     * Waits for the application's next message.
     *
     * @return its bytes
     * @throws IllegalStateException if it is text, if the application has closed the WebSocket, or if none comes
     */
    public byte[] bytes() {
        if (message() instanceof WebSocketMessage.Binary binary) {
            return binary.data();
        }
        throw new IllegalStateException("The application sent a text message. Fix: ask with text()");
    }

    private WebSocketMessage message() {
        WebSocketMessage next = socket.toClient();
        if (next == null) {
            report();
            throw new IllegalStateException(
                    closed.isDone()
                            ? "The WebSocket is closed, with code "
                                    + closed.join().code()
                            : "The application sent no message within " + MAX_WAIT.toSeconds() + " seconds");
        }
        return next;
    }

    /**
     * Waits until the WebSocket is closed.
     *
     * @return the code with which the application closed it, or this side did
     */
    public int closeCode() {
        return await(closed, "closed the WebSocket").code();
    }

    /**
     * Waits until the WebSocket is closed.
     *
     * @return the reason, possibly empty
     */
    public String closeReason() {
        return await(closed, "closed the WebSocket").reason();
    }

    /**
     * Closes the WebSocket as a client does. The application sees a disconnect after the messages that came before.
     *
     * @param code any that a client can send; 1005 for a close without a code
     * @param reason possibly empty
     */
    public void close(int code, String reason) {
        socket.tellClosed(code, reason);
    }

    /** Breaks the connection: the application sees code 1006. */
    public void breakOff() {
        close(WebSocketClose.ABNORMAL, "");
    }

    /**
     * Closes it with 1000, unless it is closed, and waits until the application has returned.
     *
     * @throws ApplicationFailedException if the application failed, unless the client shows error pages
     */
    @Override
    public void close() {
        close(WebSocketClose.NORMAL, "");
        await(ended, "returned after its WebSocket was closed");
        report();
    }

    /** Once, so that try-with-resources does not report a failure twice. */
    private void report() {
        EndedExchange over = ended.getNow(null);
        if (over != null && !isReported) {
            isReported = true;
            exchange.throwIfFailed(over.outcome());
        }
    }

    private <T> T await(CompletableFuture<T> future, String what) {
        try {
            return future.get(MAX_WAIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new IllegalStateException(
                    "The application has not " + what + " within " + MAX_WAIT.toSeconds() + " seconds", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("The test was interrupted while it waited for the application", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The wire: two queues. */
    private final class Socket implements WebSocketWire {
        private final ReentrantLock lock = new ReentrantLock();
        private final Condition changed = lock.newCondition();
        private final Deque<WebSocketMessage> incoming = new ArrayDeque<>();
        private final Deque<WebSocketMessage> outgoing = new ArrayDeque<>();
        private boolean isReadAwaited;
        private boolean isRoomAwaited;
        private @Nullable Events events;
        private @Nullable Consumer<? super Wire> denial;

        private Events events() {
            return requireNonNull(events);
        }

        @Override
        public void attach(Events wanting) {
            events = wanting;
        }

        @Override
        public void accept(@Nullable String subprotocol, List<Header> headers) {
            answer.complete(new Accepted(subprotocol, headers));
        }

        @Override
        public void deny(Consumer<? super Wire> response) {
            denial = response;
            answer.complete(response);
        }

        @Override
        public @Nullable WebSocketMessage receive() {
            lock.lock();
            try {
                WebSocketMessage next = incoming.poll();
                isReadAwaited = next == null;
                return next;
            } finally {
                lock.unlock();
            }
        }

        @Override
        public boolean send(WebSocketMessage message) throws ClientException {
            if (closed.isDone()) {
                throw new ClientException("the WebSocket is closed", new EOFException("closed"));
            }
            lock.lock();
            try {
                outgoing.add(message);
                changed.signalAll();
                isRoomAwaited = outgoing.size() >= ROOM;
                return !isRoomAwaited;
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void close(int code, String reason) {
            tellClosed(code, reason);
        }

        void fromClient(WebSocketMessage message) {
            if (closed.isDone()) {
                throw new IllegalStateException(
                        "The WebSocket is closed, with code " + closed.join().code() + ". Fix: send before that");
            }
            boolean isTold;
            lock.lock();
            try {
                incoming.add(message);
                isTold = isReadAwaited;
                isReadAwaited = false;
            } finally {
                lock.unlock();
            }
            if (isTold) {
                events().readable();
            }
        }

        @Nullable
        WebSocketMessage toClient() {
            WebSocketMessage next;
            boolean isTold = false;
            lock.lock();
            try {
                long left = MAX_WAIT.toNanos();
                while (outgoing.isEmpty() && !closed.isDone() && left > 0) {
                    left = changed.awaitNanos(left);
                }
                next = outgoing.poll();
                if (isRoomAwaited && outgoing.size() < ROOM) {
                    isRoomAwaited = false;
                    isTold = true;
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("The test was interrupted while it waited for the application", e);
            } finally {
                lock.unlock();
            }
            if (isTold) {
                events().writable();
            }
            return next;
        }

        void tellClosed(int code, String reason) {
            if (closed.complete(new Closed(code, reason))) {
                lock.lock();
                try {
                    changed.signalAll();
                } finally {
                    lock.unlock();
                }
                events().closed(code, reason);
            }
        }
    }
}

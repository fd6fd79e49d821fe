package io.gangway.servlet.websocket;

import io.gangway.exchange.WebSocketMessage;
import io.gangway.exchange.WebSocketWire;
import io.gangway.exchange.Wire;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.websocket.server.ServerContainer;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The WebSockets of a deployment whose container, clients and time are the test's. */
final class Sockets implements AutoCloseable, WebSocketWire.Events {
    static final Duration HANDSHAKE = Duration.ofSeconds(60);
    static final Duration PING_INTERVAL = Duration.ofSeconds(20);
    static final Duration PING_TIMEOUT = Duration.ofSeconds(15);
    static final Duration OPENING = Duration.ofSeconds(30);
    static final Duration CLOSING = Duration.ofSeconds(10);

    /** What is called on the container's objects. */
    final List<String> calls = new CopyOnWriteArrayList<>();

    private final BlockingQueue<String> told = new LinkedBlockingQueue<>();
    private final AtomicLong now = new AtomicLong(-1);
    private boolean isSendTaken = true;
    private @Nullable ServletWebSocket taking;

    /** Looks only when the test says so. */
    final WebSockets all;

    Sockets(Duration pingInterval) {
        all = new WebSockets(
                noting(ServerContainer.class),
                true,
                new Side(),
                new WebSocketLimits(HANDSHAKE, 100, 1, pingInterval, PING_TIMEOUT),
                1,
                new WebSocketTimes(Duration.ofDays(1), OPENING, CLOSING),
                now::get);
    }

    Sockets() {
        this(PING_INTERVAL);
    }

    <T> T noting(Class<T> type) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, given) -> {
            calls.add(method.getName() + (given == null ? "" : " " + Arrays.toString(given)));
            return method.getReturnType() == boolean.class ? Boolean.FALSE : null;
        }));
    }

    private final class Side implements ServletSide {
        @Override
        public AsyncContext suspend(HttpServletRequest request, HttpServletResponse response) {
            throw new AssertionError("no request of these tests can be suspended");
        }

        @Override
        public void respond(
                HttpServletRequest request, HttpServletResponse response, Consumer<? super Wire> application) {
            calls.add("respond");
        }
    }

    /** One whose handshake has not been answered. */
    ServletWebSocket asked() {
        return asked(null, false);
    }

    /** The same, of a server that tells what becomes of its connection. */
    ServletWebSocket asked(@Nullable SocketReader reader, boolean isStream) {
        ServletWebSocket socket = new ServletWebSocket(all, reader, isStream);
        socket.attach(this);
        return socket;
    }

    /** One that the container has opened, and whose client takes everything at once. */
    ServletWebSocket opened() {
        return opened(asked());
    }

    /** The same, read by a thread that reads for others too. */
    ServletWebSocket openedAsStream() {
        return opened(asked(null, true));
    }

    /** The same, of a server that can stop reading. */
    ServletWebSocket openedWithReader() {
        return opened(asked(noting(SocketReader.class), true));
    }

    private ServletWebSocket opened(ServletWebSocket socket) {
        taking = socket;
        return opened(socket, connection());
    }

    /** One with this connection. */
    ServletWebSocket opened(ServletWebSocket.Connection connection) {
        return opened(asked(), connection);
    }

    private static ServletWebSocket opened(ServletWebSocket socket, ServletWebSocket.Connection connection) {
        socket.accept(null, List.of());
        socket.upgrading();
        socket.opened(connection);
        return socket;
    }

    ServletWebSocket.Connection connection() {
        return new Connection();
    }

    /** A connection whose container fails in each call. */
    static ServletWebSocket.Connection failing() {
        return ServletWebSocket.Connection.class.cast(Proxy.newProxyInstance(
                ServletWebSocket.Connection.class.getClassLoader(),
                new Class<?>[] {ServletWebSocket.Connection.class},
                (self, method, given) -> {
                    throw new IllegalStateException("the container fails");
                }));
    }

    /** The client takes nothing any more. */
    void stall() {
        isSendTaken = false;
    }

    /** Time passes, and then the watch looks. */
    void lookAfter(Duration time) {
        pass(time);
        all.look();
    }

    void pass(Duration time) {
        now.addAndGet(time.toNanos());
    }

    /** What the application is told next. */
    @Nullable
    String told() throws InterruptedException {
        return told.poll(30, TimeUnit.SECONDS);
    }

    /** Whether it was told nothing since. */
    boolean isNothingTold() {
        return told.isEmpty();
    }

    @Override
    public void readable() {
        told.add("readable");
    }

    @Override
    public void writable() {
        told.add("writable");
    }

    @Override
    public void closed(int code, String reason) {
        told.add("closed " + code);
    }

    @Override
    public boolean unanswered(Duration waited) {
        calls.add("unanswered " + waited.toSeconds());
        return true;
    }

    @Override
    public boolean stopped() {
        calls.add("stopped");
        return true;
    }

    private final class Connection implements ServletWebSocket.Connection {
        @Override
        public void send(WebSocketMessage message) {
            calls.add("send " + message.size());
            ServletWebSocket socket = taking;
            if (isSendTaken && socket != null) {
                socket.sent(null);
            }
        }

        @Override
        public void close(int code, String reason) {
            calls.add("close " + code);
        }

        @Override
        public boolean ping(ByteBuffer payload) {
            calls.add("ping");
            return true;
        }

        @Override
        public void abort() {
            calls.add("abort");
        }
    }

    /** Gives all up first: the end would wait for them. */
    @Override
    public void close() {
        all.restart();
        lookAfter(Duration.ofDays(1));
        all.close();
    }
}

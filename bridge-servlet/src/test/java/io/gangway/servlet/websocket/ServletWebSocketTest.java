package io.gangway.servlet.websocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import io.gangway.exchange.ErrorPage;
import io.gangway.exchange.ExchangeRules;
import io.gangway.exchange.Repairs;
import io.gangway.exchange.RequestFacts;
import io.gangway.exchange.WebSocketExchange;
import io.gangway.exchange.WebSocketListener;
import io.gangway.exchange.WebSocketWire;
import io.gangway.servlet.watch.ClientConnection;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A handshake that waits for the application. */
@Timeout(120)
class ServletWebSocketTest {
    private static final Duration MOMENT = Duration.ofMillis(1);

    private static final ClientConnection CLIENT = client();

    private final Sockets sockets = new Sockets();
    private final List<AsyncListener> listeners = new ArrayList<>();

    @AfterEach
    void stop() {
        sockets.close();
    }

    private static ClientConnection client() {
        HttpServletRequest request = mock(HttpServletRequest.class);
        when(request.getLocalAddr()).thenReturn("192.0.2.1");
        when(request.getLocalPort()).thenReturn(8080);
        when(request.getRemoteAddr()).thenReturn("192.0.2.2");
        when(request.getRemotePort()).thenReturn(50_000);
        when(request.getHeaderNames()).thenReturn(Collections.emptyEnumeration());
        return ClientConnection.of(request).orElseThrow();
    }

    private AsyncContext context(@Nullable RuntimeException refusal) {
        return (AsyncContext) Proxy.newProxyInstance(
                AsyncContext.class.getClassLoader(), new Class<?>[] {AsyncContext.class}, (self, method, given) -> {
                    if (given != null && given[0] instanceof AsyncListener listener) {
                        listeners.add(listener);
                        return null;
                    }
                    sockets.calls.add(method.getName());
                    if (refusal != null && method.getName().equals("dispatch")) {
                        throw refusal;
                    }
                    return null;
                });
    }

    private ServletWebSocket suspended() {
        ServletWebSocket socket = sockets.asked();
        socket.suspend(CLIENT, context(null));
        sockets.calls.clear();
        return socket;
    }

    @Test
    void an_application_that_accepts_has_the_request_dispatched_once() {
        ServletWebSocket socket = suspended();
        socket.accept(null, List.of());
        assertThat(sockets.calls).containsExactly("dispatch");
        assertThat(socket.answer()).isInstanceOf(ServletWebSocket.Accept.class);
    }

    @Test
    void a_client_that_leaves_before_the_accept_is_told_to_the_application() throws Exception {
        ServletWebSocket socket = suspended();
        listeners.get(0).onError(new AsyncEvent(null, null, null));
        assertThat(sockets.told()).isEqualTo("closed 1006");
        socket.accept(null, List.of());
        listeners.get(0).onComplete(new AsyncEvent(null, null, null));
        assertThat(sockets.calls).isEmpty();
        assertThat(sockets.isNothingTold()).isTrue();
    }

    @Test
    void a_client_that_leaves_between_the_accept_and_the_upgrade_is_told_to_the_application() throws Exception {
        ServletWebSocket socket = suspended();
        socket.accept(null, List.of());
        listeners.get(0).onComplete(new AsyncEvent(null, null, null));
        assertThat(sockets.told()).isEqualTo("closed 1006");
        assertThat(socket.answer()).isNotInstanceOf(ServletWebSocket.Accept.class);
    }

    @Test
    void a_client_that_leaves_while_the_upgrade_begins_leaves_nothing_that_the_stop_waits_for() throws Exception {
        ServletWebSocket socket = suspended();
        socket.accept(null, List.of());
        listeners.get(0).onError(new AsyncEvent(null, null, null));
        socket.upgrading();
        sockets.all.close(); // would wait for ever: the test's time stands still
        assertThat(sockets.told()).isEqualTo("closed 1006");
    }

    @Test
    void the_end_of_the_request_that_was_upgraded_is_not_the_end_of_its_websocket() throws Exception {
        ServletWebSocket socket = suspended();
        socket.accept(null, List.of());
        assertThat(socket.answer()).isInstanceOf(ServletWebSocket.Accept.class);
        socket.upgrading();
        listeners.get(0).onComplete(new AsyncEvent(null, null, null));
        assertThat(sockets.isNothingTold()).isTrue();
    }

    @Test
    void a_client_that_leaves_between_the_denial_and_its_response_is_told_to_the_application() throws Exception {
        ServletWebSocket socket = suspended();
        socket.deny(response -> {});
        listeners.get(0).onComplete(new AsyncEvent(null, null, null));
        assertThat(sockets.told()).isEqualTo("closed 1006");
        assertThat(socket.answer()).isNotInstanceOf(ServletWebSocket.Deny.class);
    }

    @Test
    void the_end_of_the_response_that_denies_is_told_to_nobody() throws Exception {
        ServletWebSocket socket = suspended();
        socket.deny(response -> {});
        assertThat(socket.answer()).isInstanceOf(ServletWebSocket.Deny.class);
        listeners.get(0).onComplete(new AsyncEvent(null, null, null));
        assertThat(sockets.isNothingTold()).isTrue();
    }

    @Test
    void a_request_that_the_container_has_ended_unseen_is_a_client_that_left() throws Exception {
        ServletWebSocket socket = sockets.asked();
        socket.suspend(CLIENT, context(new IllegalStateException("the request has been completed")));
        socket.accept(null, List.of());
        assertThat(sockets.told()).isEqualTo("closed 1006");
    }

    /** Tomcat does so from the beginning of an undeployment on. */
    @Test
    void a_request_that_the_container_cannot_dispatch_any_more_is_a_client_that_left() throws Exception {
        ServletWebSocket socket = sockets.asked();
        socket.suspend(CLIENT, context(new UnsupportedOperationException("the servlet is not known any more")));
        socket.accept(null, List.of());
        assertThat(sockets.told()).isEqualTo("closed 1006");
        assertThat(sockets.calls).contains("complete"); // nobody else ends it
    }

    /** In HTTP/1.1, no container tells it. */
    @Test
    void a_request_whose_client_has_closed_its_connection_is_ended_once() throws Exception {
        ServletWebSocket socket = suspended();
        long later = Duration.ofSeconds(2).toNanos();
        socket.lookForAnswer(later, closed -> false);
        socket.lookForAnswer(later, CLIENT::equals);
        socket.lookForAnswer(later, CLIENT::equals);
        sockets.all.close(); // what was to be told has been told
        assertThat(sockets.calls).containsOnlyOnce("complete");
    }

    /** A reset that comes while Jetty suspends the request is told to nobody. */
    @Test
    void a_request_whose_stream_the_client_has_reset_is_ended() throws Exception {
        AtomicBoolean isReset = new AtomicBoolean();
        ServletWebSocket socket = sockets.asked(new Stream(isReset), true);
        socket.suspend(null, context(null));
        long later = Duration.ofSeconds(2).toNanos();
        sockets.calls.clear();
        socket.lookForAnswer(later, closed -> false);
        assertThat(sockets.calls).isEmpty();
        isReset.set(true);
        socket.lookForAnswer(later, closed -> false);
        sockets.all.close(); // what was to be told has been told
        assertThat(sockets.calls).containsExactly("complete");
    }

    private record Stream(AtomicBoolean isReset) implements SocketReader {
        @Override
        public void pause() {
            throw new AssertionError("nothing has come");
        }

        @Override
        public void resume() {
            throw new AssertionError("nothing has come");
        }

        @Override
        public boolean isClientGone() {
            return isReset.get();
        }

        @Override
        public void shareThread() {
            throw new AssertionError("the application may wait");
        }
    }

    @Test
    void a_handshake_is_given_up_when_its_time_is_over_and_not_before() throws Exception {
        ServletWebSocket socket = suspended();
        socket.lookForAnswer(Sockets.HANDSHAKE.toNanos() - 1, closed -> false);
        assertThat(sockets.calls).isEmpty();
        socket.lookForAnswer(Sockets.HANDSHAKE.toNanos(), closed -> false);
        assertThat(sockets.calls).containsExactly("unanswered 60");
        assertThat(sockets.told()).isEqualTo("closed 1006");
    }

    /** The whole way of a request that cannot be suspended: the thread that waits, the exchange, the look, the answer. */
    @Test
    void a_thread_that_waits_for_an_application_is_freed_with_an_answer() throws Exception {
        BlockingQueue<String> told = new LinkedBlockingQueue<>();
        CountDownLatch asked = new CountDownLatch(1);
        FutureTask<Void> serving = serving(asked, told);
        new Thread(serving).start();
        asked.await();
        while (!serving.isDone()) { // it may not wait yet
            sockets.lookAfter(Sockets.HANDSHAKE.plus(MOMENT));
        }
        assertFreed(serving, told);
    }

    private void assertFreed(FutureTask<Void> serving, BlockingQueue<String> told) throws Exception {
        serving.get();
        assertThat(told.poll(30, TimeUnit.SECONDS)).isEqualTo("closed 1006");
        assertThat(sockets.calls)
                .containsExactly("getAttribute [" + SocketReader.ATTRIBUTE + "]", "isAsyncSupported", "respond");
    }

    @Test
    void a_thread_that_waits_for_an_application_is_freed_by_the_stop() throws Exception {
        BlockingQueue<String> told = new LinkedBlockingQueue<>();
        CountDownLatch asked = new CountDownLatch(1);
        FutureTask<Void> serving = serving(asked, told);
        Thread thread = new Thread(serving);
        thread.start();
        asked.await();
        while (thread.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        sockets.all.close();
        assertFreed(serving, told);
    }

    /** A request that cannot be suspended, and whose application does nothing. */
    private FutureTask<Void> serving(CountDownLatch asked, BlockingQueue<String> told) {
        return new FutureTask<>(() -> {
            sockets.all.serve(
                    sockets.noting(HttpServletRequest.class),
                    sockets.noting(HttpServletResponse.class),
                    RequestFacts.of("r1", "GET").build(),
                    new ExchangeRules(ErrorPage.PRODUCTION, new Repairs(), List.of(), ended -> {}),
                    exchange -> {
                        listen(exchange, told);
                        asked.countDown();
                    });
            return null;
        });
    }

    private static void listen(WebSocketExchange exchange, BlockingQueue<String> told) {
        exchange.listen(new WebSocketListener() {
            @Override
            public void readable() {}

            @Override
            public void writable() {}

            @Override
            public void closed(int code, String reason) {
                told.add("closed " + code);
            }
        });
    }

    @Test
    void an_application_that_blocks_when_it_is_told_of_a_lost_client_keeps_nobody_from_looking() throws Exception {
        CountDownLatch told = new CountDownLatch(1);
        CountDownLatch released = new CountDownLatch(1);
        ServletWebSocket blocking = new ServletWebSocket(sockets.all, null, false);
        blocking.attach(new Blocking(told, released));
        blocking.upgrading();
        ServletWebSocket other = sockets.opened();
        sockets.lookAfter(Sockets.OPENING.plus(MOMENT)); // it was never opened
        told.await();
        assertThat(sockets.calls).containsExactly("ping");
        other.ponged();
        sockets.lookAfter(Sockets.PING_INTERVAL);
        assertThat(sockets.calls).containsExactly("ping", "ping");
        released.countDown();
    }

    private record Blocking(CountDownLatch told, CountDownLatch released) implements WebSocketWire.Events {
        @Override
        public void readable() {}

        @Override
        public void writable() {}

        @Override
        public boolean unanswered(Duration waited) {
            return false;
        }

        @Override
        public boolean stopped() {
            return false;
        }

        @Override
        public void closed(int code, String reason) {
            told.countDown();
            try {
                released.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}

package io.gangway.servlet.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import io.gangway.exchange.WebSocketWire;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.websocket.server.ServerContainer;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A handshake that waits for the application, in a suspended request. */
class ServletWebSocketTest {
    /** What is called on the container's objects, and what the application is told. */
    private final List<String> calls = new CopyOnWriteArrayList<>();

    private final List<AsyncListener> listeners = new ArrayList<>();
    private final AsyncContext context = noting(AsyncContext.class);
    private final WebSockets all = new WebSockets(
            noting(ServerContainer.class),
            true,
            noting(ServletSide.class),
            new WebSocketLimits(1, 1, Duration.ofSeconds(1), Duration.ofSeconds(1)),
            1);
    private final ServletWebSocket socket = new ServletWebSocket(all);

    private <T> T noting(Class<T> type) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, given) -> {
            if (given != null && given[0] instanceof AsyncListener listener) {
                listeners.add(listener);
            } else {
                calls.add(method.getName() + (given == null ? "" : " " + Arrays.toString(given)));
            }
            return null;
        }));
    }

    private void suspend() {
        socket.attach(new Events());
        socket.suspend(context);
    }

    /** Notes what the application is told. */
    private class Events implements WebSocketWire.Events {
        @Override
        public void readable() {
            calls.add("readable");
        }

        @Override
        public void writable() {
            calls.add("writable");
        }

        @Override
        public void closed(int code, String reason) {
            calls.add("closed " + code);
        }
    }

    @Test
    @Timeout(60)
    void an_application_that_blocks_when_it_is_told_of_a_lost_client_keeps_nobody_from_looking() throws Exception {
        CountDownLatch told = new CountDownLatch(1);
        CountDownLatch released = new CountDownLatch(1);
        socket.attach(new Events() {
            @Override
            public void closed(int code, String reason) {
                calls.add("closed " + code);
                told.countDown();
                awaitUninterruptibly(released);
            }
        });
        socket.upgrading();
        socket.look(System.nanoTime() + Duration.ofMinutes(1).toNanos()); // it was never opened
        told.await();
        assertThat(calls).containsExactly("closed 1006");
        released.countDown();
    }

    private static void awaitUninterruptibly(CountDownLatch released) {
        try {
            released.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void timeOut() throws IOException {
        listeners.get(0).onTimeout(new AsyncEvent(context, null, noting(HttpServletResponse.class)));
    }

    @AfterEach
    void stop() {
        all.close();
    }

    @Test
    void an_application_that_never_accepts_is_a_504_and_is_told() throws IOException {
        suspend();
        timeOut();
        assertThat(calls).containsExactly("setTimeout [60000]", "closed 1006", "setStatus [504]", "complete");
        socket.accept(null, List.of());
        assertThat(calls).doesNotContain("dispatch");
    }

    @Test
    void an_application_that_accepts_has_the_request_dispatched_once() throws IOException {
        suspend();
        socket.accept(null, List.of());
        timeOut();
        assertThat(calls).containsExactly("setTimeout [60000]", "dispatch");
    }

    @Test
    void a_client_that_leaves_before_the_accept_is_told_to_the_application() throws IOException {
        suspend();
        listeners.get(0).onError(new AsyncEvent(context, null, null));
        assertThat(calls).containsExactly("setTimeout [60000]", "closed 1006");
        socket.accept(null, List.of());
        assertThat(calls).doesNotContain("dispatch");
    }
}

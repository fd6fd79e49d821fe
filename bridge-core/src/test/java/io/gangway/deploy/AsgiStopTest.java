package io.gangway.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.gangway.asgi.AsgiApplication;
import io.gangway.asgi.LifespanEvent;
import io.gangway.asgi.LifespanMode;
import io.gangway.asgi.LifespanScope;
import io.gangway.asgi.Receive;
import io.gangway.asgi.Scope;
import io.gangway.asgi.Send;
import io.gangway.server.Lifespan;
import io.gangway.server.OpenCalls;
import java.io.IOException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The order of the end: calls that outlive their exchange, the lifespan, the application. */
@Tag("A42")
class AsgiStopTest {
    private static final Duration LONG = Duration.ofSeconds(60);

    private final List<String> seen = new CopyOnWriteArrayList<>();
    private final CompletableFuture<Void> background = new CompletableFuture<>();
    private final OpenCalls calls = new OpenCalls((scope, receive, send) -> background);
    private AsgiStop stop;

    @BeforeEach
    void start() throws Exception {
        stop = new AsgiStop(new Closeable(), calls, Lifespan.start(this::lifespan, LifespanMode.ON, LONG));
    }

    private final class Closeable implements AsgiApplication, AutoCloseable {
        @Override
        public CompletionStage<Void> call(Scope scope, Receive receive, Send send) {
            throw new AssertionError("it is called as calls");
        }

        @Override
        public void close() {
            seen.add(Thread.currentThread().isInterrupted() ? "interrupted" : "close");
        }
    }

    private CompletionStage<Void> lifespan(Scope scope, Receive receive, Send send) {
        return receive.receive()
                .thenCompose(startup -> send.send(new LifespanEvent.StartupComplete()))
                .thenCompose(started -> receive.receive())
                .thenCompose(shutdown -> {
                    seen.add(shutdown.type());
                    return send.send(new LifespanEvent.ShutdownComplete());
                });
    }

    private void call() {
        CompletionStage<Void> returned = calls.call(
                new LifespanScope(Map.of()), CompletableFuture::new, event -> CompletableFuture.completedFuture(null));
        assertThat(returned.toCompletableFuture()).isNotDone();
    }

    @Test
    void the_shutdown_waits_for_a_call_that_has_not_returned() throws Exception {
        call();
        FutureTask<Void> stopping = new FutureTask<>(() -> {
            stop.close(LONG);
            return null;
        });
        Thread thread = new Thread(stopping);
        thread.start();
        await().until(() -> stopping.isDone() || thread.getState() == Thread.State.TIMED_WAITING);
        seen.add("the call returns");
        background.complete(null);
        stopping.get(60, TimeUnit.SECONDS);
        assertThat(seen).containsExactly("the call returns", "lifespan.shutdown", "close");
    }

    @Test
    void a_call_that_fails_has_returned() throws Exception {
        call();
        background.completeExceptionally(new IllegalStateException("a bug"));
        assertThat(calls.awaitNone(Duration.ZERO)).isZero();
        stop.close(LONG);
        assertThat(seen).containsExactly("lifespan.shutdown", "close");
    }

    @Test
    void a_call_that_never_returns_does_not_keep_the_shutdown_away() throws Exception {
        call();
        stop.close(Duration.ofMillis(200));
        assertThat(seen).containsExactly("lifespan.shutdown", "close");
    }

    @Test
    void the_application_is_closed_after_an_interrupt_which_the_thread_keeps() {
        call();
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> stop.close(LONG))
                .isInstanceOf(IOException.class)
                .hasMessage("the stop was interrupted");
        assertThat(Thread.interrupted()).isTrue();
        assertThat(seen).containsExactly("close");
    }

    @Test
    void the_application_is_closed_after_an_unforeseen_exception() {
        Duration tooLong = ChronoUnit.FOREVER.getDuration();
        assertThatThrownBy(() -> stop.close(tooLong))
                .isInstanceOf(IOException.class)
                .hasCauseInstanceOf(ArithmeticException.class);
        assertThat(seen).containsExactly("close");
    }
}

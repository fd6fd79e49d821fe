package io.gangway.asgi;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

class ReceiveTest {
    private static final CompletionStage<Void> HANDLED = CompletableFuture.completedFuture(null);

    private final Queue<CompletableFuture<AsgiEvent.Received>> asked = new ArrayDeque<>();
    private final List<AsgiEvent.Received> handled = new ArrayList<>();
    private final Receive receive = () -> {
        CompletableFuture<AsgiEvent.Received> next = new CompletableFuture<>();
        asked.add(next);
        return next;
    };

    @Test
    void each_event_is_handled_until_the_last() {
        CompletableFuture<Void> all = receive.forEach(this::handle).toCompletableFuture();
        asked.remove().complete(part("one", true));
        asked.remove().complete(part("two", true));
        assertThat(all).isNotDone();

        asked.remove().complete(part("three", false));
        assertThat(all).isCompleted();
        assertThat(asked).isEmpty();
        assertThat(handled).hasSize(3);
    }

    @Test
    void a_disconnect_and_a_shutdown_are_last_ones() {
        for (AsgiEvent.Received last : List.of(
                new HttpEvent.Disconnect(), new WebSocketEvent.Disconnect(1000, ""), new LifespanEvent.Shutdown())) {
            CompletableFuture<Void> all = receive.forEach(this::handle).toCompletableFuture();
            asked.remove().complete(last);
            assertThat(all).as(last.type()).isCompleted();
            assertThat(asked).isEmpty();
        }
    }

    @Test
    void the_next_event_is_asked_for_when_the_one_before_is_handled() {
        CompletableFuture<Void> slow = new CompletableFuture<>();
        CompletableFuture<Void> all = receive.forEach(event -> handled.isEmpty() ? later(event, slow) : handle(event))
                .toCompletableFuture();
        asked.remove().complete(part("one", true));
        assertThat(asked).isEmpty();

        slow.complete(null);
        asked.remove().complete(part("two", false));
        assertThat(all).isCompleted();
    }

    @Test
    void a_conversation_may_have_any_number_of_events() {
        Receive endless = () -> CompletableFuture.completedFuture(
                handled.size() < 100_000 ? part("more", true) : new HttpEvent.Disconnect());
        assertThat(endless.forEach(this::handle)).isCompleted();
        assertThat(handled).hasSize(100_001);
    }

    @Test
    void what_fails_ends_it() {
        CompletableFuture<Void> lost = receive.forEach(this::handle).toCompletableFuture();
        asked.remove().completeExceptionally(new IOException("the body is lost"));
        assertThat(lost)
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .havingCause()
                .withMessage("the body is lost");

        CompletableFuture<Void> thrown = receive.forEach(event -> {
                    throw new IllegalStateException("no room");
                })
                .toCompletableFuture();
        asked.remove().complete(part("one", true));
        assertThat(thrown)
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .havingCause()
                .withMessage("no room");
        assertThat(asked).isEmpty();
    }

    private CompletionStage<Void> handle(AsgiEvent.Received event) {
        handled.add(event);
        return HANDLED;
    }

    private CompletionStage<Void> later(AsgiEvent.Received event, CompletionStage<Void> when) {
        handled.add(event);
        return when;
    }

    private static HttpEvent.Request part(String text, boolean isMore) {
        return new HttpEvent.Request(text.getBytes(UTF_8), isMore);
    }
}

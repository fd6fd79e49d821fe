package io.gangway.server;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.gangway.asgi.WebSocketEvent;
import io.gangway.exchange.ErrorPage;
import io.gangway.exchange.ExchangeRules;
import io.gangway.exchange.Repairs;
import io.gangway.exchange.RequestFacts;
import io.gangway.exchange.WebSocketMessage;
import io.gangway.exchange.WebSocketWire;
import io.gangway.exchange.Wire;
import io.gangway.wsgi.ClientException;
import io.gangway.wsgi.Header;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A response in place of a WebSocket whose client leaves before the server can take it. */
class DeniedWebSocketTest {
    private final AtomicReference<WebSocketWire.Events> client = new AtomicReference<>();

    /** Takes the decision, and never asks for the response. */
    private final class Wires implements WebSocketWire {
        @Override
        public void attach(Events wanting) {
            client.set(wanting);
        }

        @Override
        public void accept(@Nullable String subprotocol, List<Header> headers) {
            throw new AssertionError("the application denies");
        }

        @Override
        public void deny(Consumer<? super Wire> response) {
            // the client leaves now
        }

        @Override
        public @Nullable WebSocketMessage receive() {
            return null;
        }

        @Override
        public boolean send(WebSocketMessage message) {
            throw new AssertionError("the application denies");
        }

        @Override
        public void close(int code, String reason) {
            throw new AssertionError("the application denies");
        }
    }

    @Test
    void fails_the_send_of_the_response() {
        CompletableFuture<Void> sent = new CompletableFuture<>();
        AsgiFunction function = new AsgiFunction(
                (scope, receive, send) -> {
                    send.send(new WebSocketEvent.ResponseStart(401, List.of())).whenComplete((nothing, problem) -> {
                        if (problem == null) {
                            sent.complete(null);
                        } else {
                            sent.completeExceptionally(problem);
                        }
                    });
                    return sent;
                },
                Map.of());
        new ExchangeRules(ErrorPage.PRODUCTION, new Repairs(), List.of(), ended -> {})
                .serve(
                        RequestFacts.of("r1", "GET").build(),
                        new Wires(),
                        function.webSockets().orElseThrow());
        assertThat(sent).isNotDone();
        requireNonNull(client.get()).closed(1006, "");
        assertThat(sent).failsWithin(Duration.ZERO).withThrowableThat().withCauseInstanceOf(ClientException.class);
    }
}

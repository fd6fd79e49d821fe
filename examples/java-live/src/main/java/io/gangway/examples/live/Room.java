package io.gangway.examples.live;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.gangway.asgi.AsgiApplication;
import io.gangway.asgi.AsgiEvent;
import io.gangway.asgi.HttpEvent;
import io.gangway.asgi.HttpScope;
import io.gangway.asgi.Receive;
import io.gangway.asgi.Scope;
import io.gangway.asgi.Send;
import io.gangway.asgi.WebSocketEvent;
import io.gangway.asgi.WebSocketScope;
import io.gangway.wsgi.Header;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

/** A chat room: {@code /} is its page, {@code /chat} a WebSocket on which every guest hears what the others say. */
public final class Room implements AsgiApplication {
    /** A guest who does not read must not hold up the others: at most one message is on its way to each. */
    private static final class Guest {
        private final Send send;
        private CompletableFuture<Void> said = CompletableFuture.completedFuture(null);

        Guest(Send send) {
            this.send = send;
        }

        synchronized void hear(String text) {
            if (said.isDone()) {
                said = send.send(new WebSocketEvent.Send(text)).toCompletableFuture();
            }
        }
    }

    private static final byte[] PAGE = page();

    private final Set<Guest> guests = ConcurrentHashMap.newKeySet();

    @Override
    public CompletionStage<Void> call(Scope scope, Receive receive, Send send) {
        if (scope instanceof WebSocketScope socket) {
            return socket.path().equals(socket.rootPath() + "/chat") ? join(receive, send) : leave(send);
        }
        if (scope instanceof HttpScope) {
            return send.send(new HttpEvent.ResponseStart(
                            200, List.of(new Header("content-type", "text/html; charset=utf-8"))))
                    .thenCompose(started -> send.send(new HttpEvent.ResponseBody(PAGE)));
        }
        throw new UnsupportedOperationException("a chat room has no lifespan");
    }

    private static CompletionStage<Void> leave(Send send) {
        return send.send(new WebSocketEvent.Close());
    }

    private CompletionStage<Void> join(Receive receive, Send send) {
        Guest guest = new Guest(send);
        return receive.receive()
                .thenCompose(connect -> send.send(new WebSocketEvent.Accept()))
                .thenCompose(accepted -> {
                    guests.add(guest);
                    return receive.forEach(this::hear);
                })
                .whenComplete((left, problem) -> guests.remove(guest));
    }

    private CompletionStage<Void> hear(AsgiEvent.Received event) {
        if (event instanceof WebSocketEvent.Message message && message.text() != null) {
            guests.forEach(guest -> guest.hear(message.text()));
        }
        return CompletableFuture.completedFuture(null);
    }

    private static byte[] page() {
        try (InputStream page = Room.class.getResourceAsStream("room.html")) {
            return page == null ? "room.html is missing".getBytes(UTF_8) : page.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

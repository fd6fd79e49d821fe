package io.gangway.bench;

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
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** The rows of {@code run asgi-java} as an ASGI application, written as the documentation would have it written. */
final class LiveApplication implements AsgiApplication {
    private static final CompletionStage<Void> DONE = CompletableFuture.completedFuture(null);
    private static final byte[] NOTHING = new byte[0];

    private final Set<Send> room = ConcurrentHashMap.newKeySet();

    @Override
    public CompletionStage<Void> call(Scope scope, Receive receive, Send send) {
        if (scope instanceof HttpScope http) {
            return switch (http.path()) {
                case LiveAnswers.POST -> post(receive, send);
                case LiveAnswers.STREAM -> stream(send);
                default -> answer(send, Answers.HELLO);
            };
        }
        if (scope instanceof WebSocketScope socket) {
            return accept(receive, send)
                    .thenCompose(accepted ->
                            socket.path().equals(LiveAnswers.ROOM) ? room(socket, receive, send) : echo(receive, send));
        }
        throw new UnsupportedOperationException("nothing to do at the start");
    }

    private static CompletionStage<Void> answer(Send send, byte[] body) {
        return send.send(new HttpEvent.ResponseStart(
                        200,
                        List.of(
                                new Header("content-type", Answers.TEXT),
                                new Header("content-length", Integer.toString(body.length)))))
                .thenCompose(started -> send.send(new HttpEvent.ResponseBody(body)));
    }

    private static CompletionStage<Void> post(Receive receive, Send send) {
        AtomicLong count = new AtomicLong();
        return receive.forEach(event -> {
                    if (event instanceof HttpEvent.Request part) {
                        count.addAndGet(part.body().length);
                    }
                    return DONE;
                })
                .thenCompose(complete -> answer(send, LiveAnswers.count(count.get())));
    }

    private static CompletionStage<Void> stream(Send send) {
        return send.send(new HttpEvent.ResponseStart(200, List.of(new Header("content-type", Answers.TEXT))))
                .thenCompose(started -> blocks(send, LiveAnswers.BLOCKS));
    }

    /** A loop while there is room, because blocks that are taken at once would call each other, deeper for each. */
    private static CompletionStage<Void> blocks(Send send, int count) {
        for (int left = count - 1; left >= 0; left--) {
            CompletableFuture<Void> sent = send.send(new HttpEvent.ResponseBody(LiveAnswers.BLOCK, true))
                    .toCompletableFuture();
            if (!sent.isDone() || sent.isCompletedExceptionally()) {
                int rest = left;
                return sent.thenCompose(taken -> blocks(send, rest));
            }
        }
        return send.send(new HttpEvent.ResponseBody(NOTHING));
    }

    private static CompletionStage<Void> accept(Receive receive, Send send) {
        return receive.receive().thenCompose(connect -> send.send(new WebSocketEvent.Accept()));
    }

    private static CompletionStage<Void> echo(Receive receive, Send send) {
        return receive.forEach(event -> {
            String text = text(event);
            return text == null ? DONE : send.send(new WebSocketEvent.Send(text));
        });
    }

    private CompletionStage<Void> room(WebSocketScope socket, Receive receive, Send send) {
        if (!socket.queryString().equals(LiveAnswers.SENDS)) {
            room.add(send);
        }
        return receive.forEach(event -> {
                    String text = text(event);
                    return text == null ? DONE : tell(text, send);
                })
                .whenComplete((left, problem) -> room.remove(send));
    }

    private CompletionStage<Void> tell(String text, Send sender) {
        WebSocketEvent.Send message = new WebSocketEvent.Send(text);
        Send[] members = room.toArray(Send[]::new);
        for (Send member : members) {
            member.send(message);
        }
        return sender.send(new WebSocketEvent.Send(Integer.toString(members.length)));
    }

    private static @Nullable String text(AsgiEvent.Received event) {
        return event instanceof WebSocketEvent.Message message ? message.text() : null;
    }
}

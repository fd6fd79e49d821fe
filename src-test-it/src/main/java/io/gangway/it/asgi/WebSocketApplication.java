package io.gangway.it.asgi;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.gangway.asgi.AsgiEvent;
import io.gangway.asgi.Receive;
import io.gangway.asgi.Send;
import io.gangway.asgi.WebSocketEvent;
import io.gangway.asgi.WebSocketScope;
import io.gangway.wsgi.ClientException;
import io.gangway.wsgi.Header;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;

/** WebSockets: the first part of the path says what is done with one, the second the run. */
final class WebSocketApplication {
    private static final byte[] BLOCK = new byte[16 << 10];

    private static final WebSocketEvent.Send LATE = new WebSocketEvent.Send("late");

    private static final WebSocketEvent.Close CLOSE = new WebSocketEvent.Close();

    private final Runs runs;

    WebSocketApplication(Runs runs) {
        this.runs = runs;
    }

    CompletionStage<Void> call(String what, String run, WebSocketScope scope, Receive receive, Send send) {
        return receive.receive().thenCompose(connect -> serve(what, run, scope, receive, send));
    }

    private CompletionStage<Void> serve(String what, String run, WebSocketScope scope, Receive receive, Send send) {
        CompletionStage<Void> done = CompletableFuture.completedFuture(null);
        return switch (what) {
            case "echo" -> accept(send).thenCompose(accepted -> echo(run, receive, send));
            case "choose" ->
                send.send(new WebSocketEvent.Accept(
                                scope.subprotocols().get(scope.subprotocols().size() - 1),
                                List.of(new Header("x-offered", String.join("|", scope.subprotocols())))))
                        .thenCompose(accepted -> echo(run, receive, send));
            case "deny" -> send.send(new WebSocketEvent.Close());
            case "deny-401" ->
                send.send(new WebSocketEvent.ResponseStart(401, List.of(new Header("www-authenticate", "Basic"))))
                        .thenCompose(
                                started -> send.send(new WebSocketEvent.ResponseBody("who ".getBytes(UTF_8), true)))
                        .thenCompose(
                                sent -> send.send(new WebSocketEvent.ResponseBody("are you?".getBytes(UTF_8), false)));
            case "late" -> {
                runs.note(run, "waiting");
                yield runs.gate(run)
                        .thenCompose(open ->
                                send.send(new WebSocketEvent.Accept(null, List.of(new Header("x-released", run)))))
                        .thenCompose(accepted -> echo(run, receive, send));
            }
            case "unanswered" -> {
                runs.note(run, "waiting");
                yield receive.receive().thenAccept(event -> note(run, event));
            }
            case "fail" -> throw new IllegalStateException("on purpose, before the accept");
            case "fail-later" ->
                accept(send).thenCompose(accepted -> receive.receive()).thenAccept(message -> {
                    throw new IllegalStateException("on purpose, after the accept");
                });
            case "close" -> accept(send).thenCompose(accepted -> send.send(new WebSocketEvent.Close(4001, "bye")));
            case "return" -> accept(send);
            case "send-late" ->
                accept(send)
                        .thenCompose(accepted -> ended(receive))
                        .thenCompose(left -> noteFailure(run, send, LATE))
                        .thenCompose(noted -> noteFailure(run, send, CLOSE))
                        .thenCompose(noted -> noteFailure(run, send, LATE));
            case "send-closed" ->
                accept(send)
                        .thenCompose(accepted -> send.send(CLOSE))
                        .thenCompose(closed -> noteFailure(run, send, LATE))
                        .thenCompose(noted -> noteFailure(run, send, CLOSE));
            case "flood" -> accept(send).thenCompose(accepted -> flood(run, send, new AtomicInteger()));
            case "pour" ->
                accept(send)
                        .thenCompose(accepted -> pour(send))
                        .whenComplete((never, problem) -> runs.note(run, "ended"));
            case "ignore" ->
                accept(send).thenCompose(accepted -> runs.gate(run)).thenCompose(open -> count(run, receive, 0));
            default -> done;
        };
    }

    private static CompletionStage<Void> accept(Send send) {
        return send.send(new WebSocketEvent.Accept());
    }

    /** Answers each message, and notes how it ended. */
    private CompletionStage<Void> echo(String run, Receive receive, Send send) {
        return receive.receive().thenCompose(event -> {
            if (event instanceof WebSocketEvent.Message message) {
                return send.send(same(message)).thenCompose(sent -> echo(run, receive, send));
            }
            note(run, event);
            return CompletableFuture.completedFuture(null);
        });
    }

    private static WebSocketEvent.Send same(WebSocketEvent.Message message) {
        String text = message.text();
        return text == null
                ? new WebSocketEvent.Send(Objects.requireNonNull(message.bytes()))
                : new WebSocketEvent.Send(text);
    }

    private void note(String run, AsgiEvent.Received event) {
        if (event instanceof WebSocketEvent.Disconnect left) {
            runs.note(run, left.code() + " " + left.reason());
        }
    }

    private static CompletionStage<Void> ended(Receive receive) {
        return receive.receive()
                .thenCompose(event -> event instanceof WebSocketEvent.Message
                        ? ended(receive)
                        : CompletableFuture.completedFuture(null));
    }

    /** Notes what a send fails with: the client has left, or a rule is broken. */
    private CompletionStage<Void> noteFailure(String run, Send send, AsgiEvent.Sent event) {
        return send.send(event).handle((sent, problem) -> {
            String found = problem == null
                    ? "none"
                    : problem instanceof ClientException
                            ? "left"
                            : String.valueOf(problem.getMessage()).substring(0, 3);
            runs.add(run, found);
            return null;
        });
    }

    /** Sends until it is told that nobody takes it, and notes how much that was. */
    private CompletionStage<Void> flood(String run, Send send, AtomicInteger sent) {
        return send.send(new WebSocketEvent.Send(BLOCK)).thenCompose(room -> {
            runs.note(run, Integer.toString(sent.incrementAndGet()));
            return flood(run, send, sent);
        });
    }

    /** Sends small messages until it is told that nobody takes them. */
    private static CompletionStage<Void> pour(Send send) {
        return send.send(new WebSocketEvent.Send("drop")).thenCompose(room -> pour(send));
    }

    /** Takes messages without an answer, and notes their number. */
    private CompletionStage<Void> count(String run, Receive receive, int before) {
        return receive.receive().thenCompose(event -> {
            if (event instanceof WebSocketEvent.Message) {
                runs.note(run, Integer.toString(before + 1));
                return count(run, receive, before + 1);
            }
            return CompletableFuture.completedFuture(null);
        });
    }
}

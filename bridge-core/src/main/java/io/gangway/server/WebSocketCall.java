package io.gangway.server;

import static java.util.Objects.requireNonNull;

import io.gangway.asgi.AsgiEvent;
import io.gangway.asgi.HttpEvent;
import io.gangway.asgi.WebSocketClose;
import io.gangway.asgi.WebSocketEvent;
import io.gangway.exchange.WebSocketExchange;
import io.gangway.exchange.WebSocketListener;
import io.gangway.exchange.WebSocketMessage;
import io.gangway.wsgi.ApplicationViolation;
import io.gangway.wsgi.ClientException;
import java.io.EOFException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** One WebSocket of an ASGI function (A30-A36). */
final class WebSocketCall extends AsgiCall implements WebSocketListener {
    /** The order of an application's events. */
    private enum State {
        CONNECTING(
                "the WebSocket was neither accepted nor closed",
                "websocket.accept, websocket.close or websocket.http.response.start",
                "accept or close first, and send afterwards"),
        OPEN(
                "the WebSocket is open",
                "websocket.send or websocket.close",
                "accept once, then send messages, then close"),
        DENYING(
                "the response that denies the WebSocket has started",
                "websocket.http.response.body",
                "send the rest of the response; to open the WebSocket, accept it instead"),
        CLOSED("the WebSocket is closed", "no event", "send nothing after websocket.close, or after a response");

        private final String text;
        private final String next;
        private final String fix;

        State(String text, String next, String fix) {
            this.text = text;
            this.next = next;
            this.fix = fix;
        }
    }

    private final WebSocketExchange exchange;
    private State state = State.CONNECTING;
    private boolean isConnectTaken;
    /** The response in place of the WebSocket: there when the server can take it. */
    private @Nullable CompletableFuture<HttpCall> denial;

    private WebSocketEvent.@Nullable Disconnect disconnect;
    private boolean isDenied;
    private boolean isEnded;

    WebSocketCall(WebSocketExchange exchange) {
        this.exchange = exchange;
    }

    @Override
    public void readable() {
        turns.take(this::feed);
    }

    @Override
    public void writable() {
        turns.take(() -> {
            Sending taken = written;
            if (taken != null && state != State.DENYING) {
                written = null;
                taken.done().complete(null);
                proceed();
            }
        });
    }

    @Override
    public void closed(int code, String reason) {
        turns.take(() -> {
            disconnect = new WebSocketEvent.Disconnect(code, reason);
            refuse(left());
            if (denial != null) { // if the server has not asked for the response yet, it never will
                denial.completeExceptionally(left());
            }
            feed();
            proceed();
        });
    }

    // In turns.

    @Override
    void feed() {
        while (!receives.isEmpty()) {
            AsgiEvent.Received next = next();
            if (next == null) {
                return;
            }
            receives.remove().complete(next);
        }
    }

    private AsgiEvent.@Nullable Received next() {
        if (!isConnectTaken) {
            isConnectTaken = true;
            return new WebSocketEvent.Connect();
        }
        WebSocketMessage message = exchange.receive();
        if (message instanceof WebSocketMessage.Text text) {
            return new WebSocketEvent.Message(text.text(), null);
        }
        return message instanceof WebSocketMessage.Binary binary
                ? new WebSocketEvent.Message(null, binary.data())
                : disconnect;
    }

    @Override
    void lost(ClientException how) {
        // the wire tells that it is closed
    }

    @Override
    void returnedAfterAll() {
        if (!isEnded) {
            end(null);
        }
    }

    @Override
    void failed(Throwable problem) {
        end(problem);
    }

    @Override
    void take(Sending next) throws ClientException {
        AsgiEvent.Sent event = next.event();
        if (state == State.DENYING) {
            deny(next);
            return;
        }
        if (disconnect != null && state != State.CLOSED) {
            throw left(); // A34
        }
        if (event instanceof WebSocketEvent.Accept accept && state == State.CONNECTING) {
            exchange.accept(accept.subprotocol(), accept.headers());
            state = State.OPEN;
            feed();
        } else if (event instanceof WebSocketEvent.Close && state == State.CONNECTING) {
            exchange.deny();
            denied();
        } else if (event instanceof WebSocketEvent.ResponseStart && state == State.CONNECTING) {
            state = State.DENYING;
            CompletableFuture<HttpCall> response = new CompletableFuture<>();
            denial = response;
            exchange.deny(http -> {
                HttpCall call = HttpCall.denying(http);
                http.listen(call);
                response.complete(call);
            });
            deny(next);
            return;
        } else if (event instanceof WebSocketEvent.Send message && state == State.OPEN) {
            if (!exchange.send(message(message))) {
                written = next;
                return;
            }
        } else if (event instanceof WebSocketEvent.Close close && state == State.OPEN) {
            exchange.close(close.code(), close.reason());
            state = State.CLOSED;
        } else {
            throw outOfPlace(event);
        }
        next.done().complete(null);
    }

    private static WebSocketMessage message(WebSocketEvent.Send event) {
        String text = event.text();
        return text == null
                ? new WebSocketMessage.Binary(requireNonNull(event.bytes()))
                : new WebSocketMessage.Text(text);
    }

    private void denied() {
        state = State.CLOSED;
        isDenied = true;
        disconnect = new WebSocketEvent.Disconnect(WebSocketClose.ABNORMAL, "");
        feed();
    }

    /** The response's own call keeps its rules. One event after the other: stages that depend on one future run in no order. */
    @SuppressWarnings("FutureReturnValueIgnored") // its failure is the application's
    private void deny(Sending next) {
        AsgiEvent.Sent event;
        if (next.event() instanceof WebSocketEvent.ResponseStart start) {
            event = new HttpEvent.ResponseStart(start.status(), start.headers());
        } else if (next.event() instanceof WebSocketEvent.ResponseBody body) {
            event = new HttpEvent.ResponseBody(body.body(), body.moreBody());
        } else {
            throw outOfPlace(next.event());
        }
        written = next;
        requireNonNull(denial)
                .thenCompose(call -> call.send(event))
                .whenComplete((sent, problem) -> turns.take(() -> {
                    written = null;
                    if (problem == null) {
                        if (event instanceof HttpEvent.ResponseBody body && !body.moreBody()) {
                            denied();
                        }
                        next.done().complete(null);
                    } else {
                        next.done().completeExceptionally(unwrapped(problem));
                    }
                    proceed();
                }));
    }

    private ApplicationViolation outOfPlace(AsgiEvent.Sent event) {
        return new ApplicationViolation(
                "A30",
                "send",
                state.next + ", because " + state.text,
                event.type(),
                event instanceof HttpEvent
                        ? "answer an HttpScope with it, and a WebSocketScope with WebSocketEvents"
                        : state.fix);
    }

    private ClientException left() {
        WebSocketEvent.Disconnect how = disconnect;
        return new ClientException(
                "the WebSocket is closed" + (how == null ? "" : ", with code " + how.code()),
                new EOFException("closed"));
    }

    private void refuse(ClientException why) {
        Sending waiting = written;
        if (waiting != null && state != State.DENYING) {
            written = null;
            waiting.done().completeExceptionally(why);
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // nothing in it fails
    private void end(@Nullable Throwable problem) {
        isEnded = true;
        CompletableFuture<HttpCall> response = denial;
        if (response != null) {
            exchange.end();
            response.thenAccept(call -> call.over(problem));
        } else if (problem == null) {
            exchange.end();
        } else if (isDenied) { // whose exchange has ended
            exchange.end();
            HttpCall.failedAfterwards(exchange.facts(), problem);
        } else {
            exchange.fail(problem);
        }
        if (problem != null) {
            for (Sending next = sends.poll(); next != null; next = sends.poll()) {
                next.done().completeExceptionally(problem);
            }
        }
    }
}

package io.gangway.server;

import static java.util.Objects.requireNonNull;

import io.gangway.asgi.AsgiEvent;
import io.gangway.asgi.HttpEvent;
import io.gangway.asgi.WebSocketEvent;
import io.gangway.exchange.Exchange;
import io.gangway.exchange.ExchangeListener;
import io.gangway.exchange.RequestFacts;
import io.gangway.exchange.ResponseHead;
import io.gangway.log.Logs;
import io.gangway.wsgi.ApplicationViolation;
import io.gangway.wsgi.ClientException;
import io.gangway.wsgi.FileWrapper;
import io.gangway.wsgi.Header;
import java.io.EOFException;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** One HTTP request of an ASGI function: its events become calls of the exchange, and the other way around. It is over when the exchange has ended and the function has returned. */
final class HttpCall extends AsgiCall implements ExchangeListener {
    /** The order of an application's events (A15). */
    private enum State {
        START("nothing has been sent", "http.response.start"),
        BODY("the response has started", "http.response.body"),
        TRAILERS("the body is complete", "http.response.trailers"),
        COMPLETE("the response is complete", "no event");

        private final String text;
        private final String next;

        State(String text, String next) {
            this.text = text;
            this.next = next;
        }
    }

    private static final byte[] NOTHING = {};

    /** What is written while only the head is on its way; nobody waits for it. */
    private static final Sending HEAD_ALONE =
            new Sending(new HttpEvent.ResponseBody(NOTHING, true), CompletableFuture.completedFuture(null));

    private static final Logger LOG = Logs.named("io.gangway.server");

    private final Exchange exchange;
    private final String start;
    private State state = State.START;
    private boolean isBodyBegun;
    /** Those that have come; null if the start has announced none. */
    private @Nullable List<Header> trailers;

    private long bodyMissing;
    private boolean isBodyEnded;
    private @Nullable IOException bodyLost;
    /** A receive waits for nothing but the client's leaving; read by any thread. */
    private volatile boolean isClosingWanted;

    private boolean isDisconnected;
    private @Nullable ClientException closedByClient;
    private @Nullable ClientException left;

    HttpCall(Exchange exchange) {
        this(exchange, ResponseHead.HTTP_START);
    }

    private HttpCall(Exchange exchange, String start) {
        this.exchange = exchange;
        this.start = start;
        this.bodyMissing = exchange.facts().bodyLength();
    }

    /** The response that denies a WebSocket. */
    static HttpCall denying(Exchange exchange) {
        return new HttpCall(exchange, ResponseHead.DENIAL_START);
    }

    // What happens on the client's side.

    @Override
    public void readable() {
        turns.take(this::feed);
    }

    @Override
    public void writable() {
        turns.take(() -> {
            Sending taken = written;
            if (taken != null) {
                written = null;
                afterData(taken);
                proceed();
            }
        });
    }

    @Override
    public boolean isClosingWanted() {
        return isClosingWanted;
    }

    /** It may still read, so that the response goes on; but an application that only waits for this is told (A11). */
    @Override
    public void closing() {
        turns.take(() -> {
            closedByClient =
                    new ClientException("the client closed its side of the connection", new EOFException("closed"));
            isDisconnected = true;
            feed();
        });
    }

    @Override
    public void left(ClientException how) {
        turns.take(() -> gone(how));
    }

    // In turns: the request.

    @Override
    void feed() {
        while (!receives.isEmpty()) {
            CompletableFuture<AsgiEvent.Received> first = receives.element();
            if (isDisconnected || state == State.COMPLETE) {
                receives.remove();
                first.complete(new HttpEvent.Disconnect());
            } else if (isBodyEnded || !readInto(first)) {
                break;
            }
        }
        isClosingWanted = isBodyEnded && !receives.isEmpty();
    }

    @Override
    void eventAwaited() {
        if (!receives.isEmpty()) {
            sendHead();
        }
    }

    /** An application that waits for its client has nothing to send soon: its client gets the head (A14). One that waits for 100 Continue gets that first. */
    private void sendHead() {
        if (state != State.BODY
                || isBodyBegun
                || written != null
                || !sends.isEmpty()
                || (!isBodyEnded && exchange.facts().header("Expect").isPresent())) {
            return;
        }
        isBodyBegun = true;
        try {
            if (!exchange.sendHead()) {
                written = HEAD_ALONE;
            }
        } catch (ClientException e) {
            gone(e);
        } catch (RuntimeException e) { // the head was refused, and no event is there to fail with it
            fail(e);
        }
    }

    /** Returns false if nothing is there now. */
    private boolean readInto(CompletableFuture<AsgiEvent.Received> first) {
        IOException lost = bodyLost;
        if (lost != null) {
            receives.remove();
            first.completeExceptionally(lost);
            return true;
        }
        byte @Nullable [] piece = null;
        try {
            if (bodyMissing != 0) {
                if (exchange.isReadBlocking()) {
                    sendHead(); // nothing can be sent before the read returns
                    if (isDisconnected || state == State.COMPLETE) {
                        return true;
                    }
                }
                piece = BodyPieces.read(exchange, bodyMissing);
            }
        } catch (ClientException e) {
            gone(e); // A11: at once
            return true;
        } catch (IOException e) {
            bodyLost = e;
            return true;
        } catch (RuntimeException | Error e) { // the container's own, or no memory
            bodyLost = new IOException("the request's body could not be read", e);
            return true;
        }
        byte[] body = piece == null ? NOTHING : piece;
        if (piece != null && body.length == 0) {
            return false;
        }
        if (bodyMissing != RequestFacts.UNKNOWN_LENGTH) {
            bodyMissing -= body.length;
        }
        isBodyEnded = piece == null || bodyMissing == 0;
        receives.remove();
        first.complete(new HttpEvent.Request(body, !isBodyEnded));
        return true;
    }

    // In turns: the response.

    @Override
    void take(Sending next) throws IOException {
        ClientException gone = left;
        if (gone != null) {
            throw gone; // A13
        }
        boolean isUnannounced = next.event() instanceof HttpEvent.ResponseTrailers && trailers == null;
        if (state == State.COMPLETE && !isUnannounced) {
            next.done().complete(null); // A15
        } else if (next.event() instanceof HttpEvent.ResponseStart given && state == State.START) {
            exchange.head(start, Statuses.line(given.status()), given.headers(), given.trailers());
            trailers = given.trailers() ? List.of() : null;
            state = State.BODY;
            next.done().complete(null);
        } else if (next.event() instanceof HttpEvent.ResponseBody body && state == State.BODY) {
            isBodyBegun = true;
            takeBody(body, next);
        } else if (next.event() instanceof HttpEvent.PathSend file && state == State.BODY && !isBodyBegun) {
            takeFile(file, next);
        } else if (next.event() instanceof HttpEvent.ResponseTrailers fields && state == State.TRAILERS) {
            takeTrailers(fields, next);
        } else {
            throw outOfPlace(next.event());
        }
    }

    private void takeBody(HttpEvent.ResponseBody body, Sending next) throws IOException {
        byte[] data = body.body();
        if (!body.moreBody() && !exchange.isCommitted()) {
            if (data.length > 0) {
                exchange.supplyLength(data.length); // W62
            }
            if (trailers == null) {
                exchange.inputIsDone();
            }
        }
        // The end of the response flushes its last part, unless the response is broken off, or its trailers come later.
        boolean isFlushed = body.moreBody() || trailers != null || exchange.missing() > data.length;
        if (data.length == 0 || exchange.write(data, 0, data.length, isFlushed)) {
            afterData(next);
        } else {
            written = next;
        }
    }

    private void afterData(Sending taken) {
        ApplicationViolation surplus = exchange.surplus();
        boolean isBodyComplete = taken.event() instanceof HttpEvent.ResponseBody body && !body.moreBody();
        boolean isLast = isBodyComplete && trailers == null;
        if (isLast) {
            state = State.COMPLETE;
            exchange.end();
        } else if (isBodyComplete) {
            state = State.TRAILERS;
        }
        if (surplus == null) {
            taken.done().complete(null);
        } else {
            taken.done().completeExceptionally(surplus); // A16
        }
        if (isLast) {
            feed();
        }
    }

    /** A52. The exchange checks all of them, so that an error is the last event's. */
    private void takeTrailers(HttpEvent.ResponseTrailers event, Sending next) throws IOException {
        List<Header> all = new ArrayList<>(requireNonNull(trailers));
        all.addAll(event.headers());
        if (event.moreTrailers()) {
            trailers = all;
            next.done().complete(null);
            return;
        }
        exchange.trailers(all);
        state = State.COMPLETE;
        exchange.end();
        next.done().complete(null);
        feed();
    }

    /** A51. Nothing else is written until the server has sent the file, or could not. */
    private void takeFile(HttpEvent.PathSend event, Sending next) throws IOException {
        FileWrapper file = FileWrapper.of(FileChannel.open(event.path()));
        exchange.inputIsDone();
        written = next;
        boolean isBegun = false;
        try {
            exchange.send(file, problem -> turns.take(() -> fileSent(next, file, problem)));
            isBegun = true;
        } finally {
            if (!isBegun) {
                written = null;
                close(file);
            }
        }
    }

    private void fileSent(Sending taken, FileWrapper file, @Nullable Throwable problem) {
        close(file);
        written = null;
        if (state != State.COMPLETE && problem == null && trailers != null) {
            state = State.TRAILERS;
        } else if (state != State.COMPLETE) {
            state = State.COMPLETE;
            if (problem == null) {
                exchange.end();
            } else {
                exchange.fail(problem);
            }
        }
        if (problem == null) {
            taken.done().complete(null);
        } else {
            taken.done().completeExceptionally(problem);
        }
        feed();
        proceed();
    }

    private static void close(FileWrapper file) {
        try {
            file.close();
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "a file that was sent could not be closed", e);
        }
    }

    private ApplicationViolation outOfPlace(AsgiEvent.Sent event) {
        String fix;
        if (event instanceof WebSocketEvent) {
            fix = "answer a WebSocketScope with it, and an HttpScope with HttpEvents";
        } else if (event instanceof HttpEvent.ResponseTrailers) {
            fix = "send http.response.trailers after the last http.response.body, of a response whose start has"
                    + " trailers=true";
        } else {
            fix = "send http.response.start once, then http.response.body until one has moreBody=false";
        }
        return new ApplicationViolation("A15", "send", state.next + ", because " + state.text, event.type(), fix);
    }

    // In turns: the end.

    @Override
    void lost(ClientException how) {
        gone(how);
    }

    @Override
    void returnedAfterAll() {
        if (state != State.COMPLETE) {
            ClientException gone = closedByClient;
            fail(gone == null ? incomplete() : gone);
        }
    }

    private void gone(ClientException how) {
        if (left != null) {
            return;
        }
        left = how;
        isDisconnected = true;
        if (state != State.COMPLETE) {
            fail(how);
        }
        refuse(how);
    }

    private void fail(Throwable problem) {
        state = State.COMPLETE;
        exchange.fail(problem);
        feed();
    }

    /** Nothing of what waits can be sent any more. */
    private void refuse(Throwable why) {
        Sending waiting = written;
        written = null;
        if (waiting != null) {
            waiting.done().completeExceptionally(why);
        }
        for (Sending next = sends.poll(); next != null; next = sends.poll()) {
            next.done().completeExceptionally(why);
        }
    }

    @Override
    void failed(Throwable problem) {
        if (state != State.COMPLETE && !(written != null && written.event() instanceof HttpEvent.PathSend)) {
            fail(problem);
            refuse(problem);
        } else {
            failedAfterwards(exchange.facts(), problem);
        }
    }

    /** The client has its whole response, and the exchange cannot tell of this any more. */
    static void failedAfterwards(RequestFacts facts, Throwable problem) {
        if (!ClientException.isBehind(problem)) { // A13
            LOG.log(
                    Level.ERROR,
                    "[" + facts.requestId() + "] the application failed after the end of its response",
                    problem);
        }
    }

    private ApplicationViolation incomplete() {
        return new ApplicationViolation(
                "A17",
                "the application's return",
                state.next,
                "the end, and " + state.text,
                "complete the application's stage after the last http.response.body, which has moreBody=false"
                        + (trailers == null ? "" : ", and http.response.trailers"));
    }
}

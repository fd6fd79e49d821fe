package io.gangway.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import io.gangway.asgi.AsgiApplication;
import io.gangway.asgi.AsgiEvent;
import io.gangway.asgi.HttpEvent;
import io.gangway.asgi.Receive;
import io.gangway.asgi.Scope;
import io.gangway.asgi.Send;
import io.gangway.exchange.EndedExchange;
import io.gangway.exchange.ErrorPage;
import io.gangway.exchange.ExchangeRules;
import io.gangway.exchange.Outcome;
import io.gangway.exchange.Outcome.Ending;
import io.gangway.exchange.Repairs;
import io.gangway.exchange.RequestFacts;
import io.gangway.exchange.ResponseHead;
import io.gangway.exchange.Wire;
import io.gangway.wsgi.ClientException;
import io.gangway.wsgi.Header;
import java.io.EOFException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** An ASGI function on a wire that never waits. Client, container and application are the test: the function's scope, receive and send are its fields. */
final class AsgiRig implements Wire {
    final ClientException gone = new ClientException("the client left", new EOFException("broken pipe"));
    /** What the client gets. */
    final List<String> log = new ArrayList<>();

    final List<EndedExchange> ended = new ArrayList<>();

    /** The body's pieces that are here; an empty one is the end. */
    final Deque<byte[]> pieces = new ArrayDeque<>();

    /** The function's stage. */
    final CompletableFuture<Void> returned = new CompletableFuture<>();

    boolean isFull;
    boolean isBlocking;
    int reads;
    /** Thrown by the next head, which the container refuses. */
    @Nullable
    RuntimeException headProblem;

    /** Thrown by every read and write. */
    @Nullable
    Error fatal;

    private @Nullable ClientException readFailure;
    private @Nullable Events events;
    private @Nullable Scope scope;
    private @Nullable Receive receive;
    private @Nullable Send send;

    void serve(RequestFacts facts) {
        serve(facts, (scoped, receiving, sending) -> {
            scope = scoped;
            receive = receiving;
            send = sending;
            return returned;
        });
    }

    void serve(RequestFacts facts, AsgiApplication application) {
        ExchangeRules rules = new ExchangeRules(ErrorPage.PRODUCTION, new Repairs(), List.of(), ended::add);
        rules.serve(facts, this, new AsgiFunction(application, Map.of("pool", 1)));
    }

    static RequestFacts get() {
        return RequestFacts.of("r1", "GET").build();
    }

    static RequestFacts post(long length) {
        return RequestFacts.of("r1", "POST").bodyLength(length).build();
    }

    Scope scope() {
        return requireNonNull(scope);
    }

    CompletableFuture<AsgiEvent.Received> receive() {
        return requireNonNull(receive).receive().toCompletableFuture();
    }

    CompletableFuture<Void> send(AsgiEvent.Sent event) {
        return requireNonNull(send).send(event).toCompletableFuture();
    }

    CompletableFuture<Void> start(int status, Header... headers) {
        return send(new HttpEvent.ResponseStart(status, List.of(headers)));
    }

    CompletableFuture<Void> body(String text, boolean moreBody) {
        return send(new HttpEvent.ResponseBody(text.getBytes(UTF_8), moreBody));
    }

    Outcome outcome() {
        if (ended.size() != 1) {
            throw new AssertionError("expected one end, found " + ended);
        }
        return ended.get(0).outcome();
    }

    /** The client sends a piece of its body. */
    void arrives(String text) {
        pieces.add(text.getBytes(UTF_8));
        requireNonNull(events).readable();
    }

    void breaksItsBodyOff() {
        readFailure = gone;
        requireNonNull(events).readable();
    }

    void makeRoom() {
        isFull = false;
        requireNonNull(events).writable();
    }

    void leave() {
        requireNonNull(events).left(gone);
    }

    boolean isClosingWanted() {
        return requireNonNull(events).isClosingWanted();
    }

    void closes() {
        requireNonNull(events).closing();
    }

    @Override
    public void attach(Events wanting) {
        events = wanting;
    }

    @Override
    public boolean isReadBlocking() {
        return isBlocking;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws ClientException {
        reads++;
        throwFatal();
        if (readFailure != null) {
            throw readFailure;
        }
        byte[] piece = pieces.poll();
        if (piece == null) {
            return 0;
        }
        if (piece.length == 0) {
            return -1;
        }
        int count = Math.min(length, piece.length);
        System.arraycopy(piece, 0, target, offset, count);
        if (count < piece.length) {
            pieces.addFirst(Arrays.copyOfRange(piece, count, piece.length));
        }
        return count;
    }

    @Override
    public void head(ResponseHead head) {
        RuntimeException problem = headProblem;
        headProblem = null;
        if (problem != null) {
            throw problem;
        }
        log.add("head " + head.code() + " " + head.reason()
                + head.headers().stream()
                        .map(header -> " " + header.name() + "=" + header.value())
                        .collect(Collectors.joining()));
    }

    @Override
    public boolean write(byte[] data, int offset, int length, boolean flush) {
        throwFatal();
        log.add((flush ? "flush " : "write ") + new String(data, offset, length, UTF_8));
        return !isFull;
    }

    private void throwFatal() {
        if (fatal != null) {
            throw fatal;
        }
    }

    @Override
    public void trailers(List<Header> trailers) {
        log.add("trailers"
                + trailers.stream()
                        .map(trailer -> " " + trailer.name() + "=" + trailer.value())
                        .collect(Collectors.joining()));
    }

    @Override
    public void end(Ending ending) {
        log.add("end " + ending);
        requireNonNull(events).ended();
    }
}

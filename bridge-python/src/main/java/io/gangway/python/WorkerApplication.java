package io.gangway.python;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.gangway.buffer.BodyBuffer;
import io.gangway.buffer.BodyStore;
import io.gangway.buffer.NoRoomException;
import io.gangway.buffer.StorageException;
import io.gangway.python.dispatch.Dispatcher;
import io.gangway.server.SuspendableApplication;
import io.gangway.wsgi.Environ;
import io.gangway.wsgi.Header;
import io.gangway.wsgi.StartResponse;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A Python application as a gateway application: each call is one exchange with a worker.
 *
 * <p>Thread-safe. What is called by way of {@link #begin} waits for its worker on no thread; what is called by {@link #call}, as
 * middleware does, waits on the caller's.
 */
final class WorkerApplication implements SuspendableApplication {
    private static final Logger LOG = System.getLogger("io.gangway.python");

    private final Dispatcher dispatcher;
    private final BodyCollector collector;
    private final Supplier<Optional<String>> brokenCode;

    /**
     * An application that workers run.
     *
     * @param dispatcher gives it connections to them
     * @param collector reads request bodies that a worker is not to wait for
     * @param brokenCode what to tell the developer in the application's place, if anything
     */
    WorkerApplication(Dispatcher dispatcher, BodyCollector collector, Supplier<Optional<String>> brokenCode) {
        this.dispatcher = dispatcher;
        this.collector = collector;
        this.brokenCode = brokenCode;
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // nobody waits for what is dropped
    public Iterable<byte[]> call(Environ environ, StartResponse startResponse) throws Exception {
        CompletableFuture<Resumption> resumed = new CompletableFuture<>();
        Runnable giveUp = beginExchange(environ, resumed::complete);
        Resumption rest;
        try {
            rest = resumed.get();
        } catch (InterruptedException e) {
            giveUp.run();
            resumed.thenAccept(Resumption::drop);
            throw e;
        }
        return rest.call(environ, startResponse);
    }

    /** Where bodies are that have been collected. */
    BodyStore bodies() {
        return collector.store();
    }

    @Override
    public void begin(Environ environ, Consumer<Resumption> resume) {
        beginExchange(environ, resume);
    }

    /**
     * Begins an exchange, unless the answer is clear without one. What needs no body comes first: the rest may send 100 Continue (W44).
     *
     * @return gives the exchange up, as far as no worker has got it yet
     */
    private Runnable beginExchange(Environ environ, Consumer<Resumption> resume) {
        try {
            return answerOrBegin(environ, resume);
        } catch (Exception | Error e) { // the client's, or ours: whoever is to be resumed hears of it
            resume.accept(Rest.failed(e));
            return WorkerApplication::nothingToGiveUp;
        }
    }

    private Runnable answerOrBegin(Environ environ, Consumer<Resumption> resume) throws IOException {
        WorkerRequest request = WorkerRequest.of(environ);
        if (request.hasNul()) {
            LOG.log(Level.DEBUG, () -> request.name() + ": refused with 400, for it holds a NUL");
            resume.accept(answer(request, "400 Bad Request"));
            return WorkerApplication::nothingToGiveUp;
        }
        Optional<String> problem = brokenCode.get();
        if (problem.isPresent()) {
            resume.accept(explanation(request, problem.get()));
            return WorkerApplication::nothingToGiveUp;
        }
        Prepared prepared;
        try {
            prepared = prepare(request, environ, resume);
        } catch (NoRoomException e) {
            resume.accept(BodyRefusal.of(request, collector.store(), e));
            return WorkerApplication::nothingToGiveUp;
        } catch (StorageException e) {
            resume.accept(BodyRefusal.of(request, e));
            return WorkerApplication::nothingToGiveUp;
        }
        prepared.begin();
        return prepared;
    }

    private static void nothingToGiveUp() {
        // it has been answered
    }

    /** An exchange that may begin, and the body that was collected for it; run to give it up. */
    private record Prepared(WorkerExchange exchange, Optional<BodyBuffer> body) implements Runnable {
        void begin() {
            boolean hasBegun = false;
            try {
                exchange.begin();
                hasBegun = true;
            } finally {
                if (!hasBegun) {
                    body.ifPresent(BodyBuffer::close);
                }
            }
        }

        @Override
        public void run() {
            exchange.withdraw();
            body.ifPresent(BodyBuffer::close);
        }
    }

    /** What was collected is closed by the rest of the call, by whoever gives it up, or here if there is no exchange. */
    private Prepared prepare(WorkerRequest request, Environ environ, Consumer<Resumption> resume) throws IOException {
        Optional<BodyBuffer> collected = collector.collect(environ);
        if (collected.isEmpty()) {
            return new Prepared(new WorkerExchange(dispatcher, request.prefetched(environ), resume), collected);
        }
        BodyBuffer body = collected.get();
        try {
            WorkerRequest whole = request.collected(environ, body);
            Consumer<Resumption> releasing = rest -> resume.accept(new BufferedRest(rest, body));
            return new Prepared(new WorkerExchange(dispatcher, whole, releasing), collected);
        } catch (IOException | RuntimeException | Error e) {
            body.close();
            throw e;
        }
    }

    /** An answer in the application's place. */
    static Rest answer(WorkerRequest request, String status, Header... more) {
        List<byte[]> body = body(request, status);
        return Rest.whole(body.get(0).length, (environ, startResponse) -> {
            startResponse.start(status, headers(body, more));
            return body;
        });
    }

    /** For the developer who has just saved it. */
    private static Rest explanation(WorkerRequest request, String problem) {
        String status = "500 Internal Server Error";
        String text = status + "\nRequest id: " + request.id()
                + "\n\nThe changed code cannot be loaded; the next good save brings the application back.\n\n" + problem
                + "\n";
        List<byte[]> body = List.of(text.getBytes(UTF_8));
        return Rest.whole(body.get(0).length, (environ, startResponse) -> {
            startResponse.start(status, headers(body));
            return body;
        });
    }

    static List<byte[]> body(WorkerRequest request, String status) {
        return List.of((status + "\nRequest id: " + request.id() + "\n").getBytes(UTF_8));
    }

    static List<Header> headers(List<byte[]> body, Header... more) {
        List<Header> headers = new ArrayList<>(List.of(more));
        headers.add(new Header("Content-Type", "text/plain; charset=utf-8"));
        headers.add(new Header("Content-Length", Integer.toString(body.get(0).length)));
        headers.add(new Header("Cache-Control", "no-store"));
        headers.add(new Header("X-Content-Type-Options", "nosniff"));
        return headers;
    }
}

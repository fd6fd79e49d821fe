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
 * <p>Thread-safe. A call that begins with {@link #begin} keeps no thread while it waits for its worker; {@link #call}, which middleware
 * uses, waits on the caller's thread.
 */
final class WorkerApplication implements SuspendableApplication {
    private static final Logger LOG = System.getLogger("io.gangway.python");

    private final Dispatcher dispatcher;
    private final BodyCollector collector;
    private final Supplier<Optional<String>> brokenCode;

    /**
     * An application that workers run.
     *
     * @param dispatcher gives it connections to the workers
     * @param collector reads request bodies for which no worker should wait
     * @param brokenCode why changed code could not be loaded; if present, clients get this text in place of the application's answer
     */
    WorkerApplication(Dispatcher dispatcher, BodyCollector collector, Supplier<Optional<String>> brokenCode) {
        this.dispatcher = dispatcher;
        this.collector = collector;
        this.brokenCode = brokenCode;
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // no thread waits for a call that is dropped
    public Iterable<byte[]> call(Environ environ, StartResponse startResponse) throws Exception {
        CompletableFuture<Resumption> resumed = new CompletableFuture<>();
        Runnable giveUp = beginExchange(environ, resumed::complete);
        Resumption pending;
        try {
            pending = resumed.get();
        } catch (InterruptedException e) {
            giveUp.run();
            resumed.thenAccept(Resumption::drop);
            throw e;
        }
        return pending.call(environ, startResponse);
    }

    /** The store of the collected bodies. */
    BodyStore bodies() {
        return collector.store();
    }

    @Override
    public void begin(Environ environ, Consumer<Resumption> resume) {
        beginExchange(environ, resume);
    }

    /**
     * Begins an exchange, unless the answer is known without one. Checks that need no body come first, because reading the body may send
     * 100 Continue (W44).
     *
     * @return gives the exchange up, if no worker has got it yet
     */
    private Runnable beginExchange(Environ environ, Consumer<Resumption> resume) {
        try {
            return answerOrBegin(environ, resume);
        } catch (Exception | Error e) { // the client's fault or Gangway's: the pending call throws it
            resume.accept(PendingCall.failed(e));
            return WorkerApplication::nothingToGiveUp;
        }
    }

    private Runnable answerOrBegin(Environ environ, Consumer<Resumption> resume) throws IOException {
        WorkerRequest request = WorkerRequest.of(environ);
        if (request.hasNul()) {
            LOG.log(Level.DEBUG, () -> request.name() + ": answered 400: it contains a NUL");
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
        // the request has been answered
    }

    /** An exchange that has not begun, with the body that was collected for it; {@link #run} gives it up. */
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

    /** Collects the body. It is closed by the pending call, by giving the exchange up, or here if there is no exchange. */
    private Prepared prepare(WorkerRequest request, Environ environ, Consumer<Resumption> resume) throws IOException {
        Optional<BodyBuffer> collected = collector.collect(environ);
        if (collected.isEmpty()) {
            return new Prepared(new WorkerExchange(dispatcher, request.prefetched(environ), resume), collected);
        }
        BodyBuffer body = collected.get();
        try {
            WorkerRequest whole = request.collected(environ, body);
            Consumer<Resumption> releasing = pending -> resume.accept(new BufferedCall(pending, body));
            return new Prepared(new WorkerExchange(dispatcher, whole, releasing), collected);
        } catch (IOException | RuntimeException | Error e) {
            body.close();
            throw e;
        }
    }

    /** An answer in place of the application's. */
    static PendingCall answer(WorkerRequest request, String status, Header... more) {
        List<byte[]> body = body(request, status);
        return PendingCall.whole(body.get(0).length, (environ, startResponse) -> {
            startResponse.start(status, headers(body, more));
            return body;
        });
    }

    /** The answer to the developer who has just saved code that cannot be loaded. */
    private static PendingCall explanation(WorkerRequest request, String problem) {
        String status = "500 Internal Server Error";
        String text = status + "\nRequest id: " + request.id()
                + "\n\nThe changed code cannot be loaded. Fix: correct it and save it; the application is then loaded again.\n\n"
                + problem
                + "\n";
        List<byte[]> body = List.of(text.getBytes(UTF_8));
        return PendingCall.whole(body.get(0).length, (environ, startResponse) -> {
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

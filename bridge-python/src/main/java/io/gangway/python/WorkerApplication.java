package io.gangway.python;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.gangway.python.dispatch.Dispatcher;
import io.gangway.server.SuspendableApplication;
import io.gangway.wsgi.Environ;
import io.gangway.wsgi.Header;
import io.gangway.wsgi.StartResponse;
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
    private final Supplier<Optional<String>> brokenCode;

    /**
     * An application that workers run.
     *
     * @param dispatcher gives it connections to them
     * @param brokenCode what to tell the developer in the application's place, if anything
     */
    WorkerApplication(Dispatcher dispatcher, Supplier<Optional<String>> brokenCode) {
        this.dispatcher = dispatcher;
        this.brokenCode = brokenCode;
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // nobody waits for what is dropped
    public Iterable<byte[]> call(Environ environ, StartResponse startResponse) throws Exception {
        CompletableFuture<Resumption> resumed = new CompletableFuture<>();
        Optional<WorkerExchange> exchange = beginExchange(environ, resumed::complete);
        Resumption rest;
        try {
            rest = resumed.get();
        } catch (InterruptedException e) {
            exchange.ifPresent(WorkerExchange::withdraw);
            resumed.thenAccept(Resumption::drop);
            throw e;
        }
        return rest.call(environ, startResponse);
    }

    @Override
    public void begin(Environ environ, Consumer<Resumption> resume) {
        beginExchange(environ, resume);
    }

    /** Begins an exchange, unless the answer is clear without one. */
    private Optional<WorkerExchange> beginExchange(Environ environ, Consumer<Resumption> resume) {
        try {
            WorkerRequest request = WorkerRequest.of(environ);
            if (request.hasNul()) {
                LOG.log(Level.DEBUG, () -> request.name() + ": refused with 400, for it holds a NUL");
                resume.accept(answer(request, "400 Bad Request"));
                return Optional.empty();
            }
            Optional<String> problem = brokenCode.get();
            if (problem.isPresent()) {
                resume.accept(explanation(request, problem.get()));
                return Optional.empty();
            }
            WorkerExchange exchange = new WorkerExchange(dispatcher, request, resume);
            exchange.begin();
            return Optional.of(exchange);
        } catch (Exception | Error e) { // the client's, or ours: whoever is to be resumed hears of it
            resume.accept(Rest.failed(e));
            return Optional.empty();
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

package io.gangway.python;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.gangway.python.dispatch.Dispatcher;
import io.gangway.python.dispatch.RefusedException;
import io.gangway.python.dispatch.WorkerConnection;
import io.gangway.wsgi.Environ;
import io.gangway.wsgi.GatewayApplication;
import io.gangway.wsgi.Header;
import io.gangway.wsgi.StartResponse;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A Python application as a gateway application: each call is one exchange with a worker.
 *
 * <p>Thread-safe; the calling thread does all the I/O of its exchange, and blocks while the worker works.
 */
final class WorkerApplication implements GatewayApplication {
    /** Seconds after which a refused client may come again: a moment is what most queues need. */
    private static final String RETRY_AFTER = "1";

    /** Broken connections that one request may meet before any worker took it: all those of a worker that died, and more. */
    private static final int MOST_ATTEMPTS = 100;

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
    public Iterable<byte[]> call(Environ environ, StartResponse startResponse) throws Exception {
        WorkerRequest request = WorkerRequest.of(environ);
        if (request.hasNul()) {
            LOG.log(Level.DEBUG, () -> request.name() + ": refused with 400, for it holds a NUL");
            return answer(request, startResponse, "400 Bad Request");
        }
        Optional<String> problem = brokenCode.get();
        if (problem.isPresent()) {
            return explain(request, startResponse, problem.get());
        }
        for (int attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
            WorkerConnection connection;
            try {
                connection = dispatcher.acquire();
            } catch (RefusedException e) {
                LOG.log(Level.WARNING, () -> request.name() + ": answered 503: " + e.getMessage());
                return answer(
                        request, startResponse, "503 Service Unavailable", new Header("Retry-After", RETRY_AFTER));
            }
            Optional<Iterable<byte[]>> body = new WorkerExchange(dispatcher, connection, request, startResponse).run();
            if (body.isPresent()) {
                return body.get();
            }
        }
        LOG.log(Level.ERROR, () -> request.name() + ": answered 502: no worker lived long enough to take it");
        return answer(request, startResponse, "502 Bad Gateway");
    }

    /** Answers in the application's place, before anything of its own. */
    static List<byte[]> answer(WorkerRequest request, StartResponse startResponse, String status, Header... more) {
        List<byte[]> body = body(request, status);
        startResponse.start(status, headers(body, more));
        return body;
    }

    /** For the developer who has just saved it. */
    private static List<byte[]> explain(WorkerRequest request, StartResponse startResponse, String problem) {
        String status = "500 Internal Server Error";
        String text = status + "\nRequest id: " + request.id()
                + "\n\nThe changed code cannot be loaded; the next good save brings the application back.\n\n" + problem
                + "\n";
        List<byte[]> body = List.of(text.getBytes(UTF_8));
        startResponse.start(status, headers(body));
        return body;
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

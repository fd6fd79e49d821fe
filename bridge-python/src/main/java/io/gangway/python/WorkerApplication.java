package io.gangway.python;

import io.gangway.buffer.BodyStore;
import io.gangway.exchange.Exchange;
import io.gangway.exchange.ExchangeApplication;
import io.gangway.exchange.ServerAnswer;
import io.gangway.exchange.WebSocketApplication;
import io.gangway.exchange.WebSocketExchange;
import io.gangway.log.Logs;
import io.gangway.python.dispatch.Dispatcher;
import io.gangway.server.ExchangeCall;
import io.gangway.wsgi.Environ;
import io.gangway.wsgi.GatewayApplication;
import io.gangway.wsgi.StartResponse;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A Python application: each exchange is served by a worker.
 *
 * <p>Thread-safe. No thread waits for a worker or for a client; {@link #call}, which Java middleware uses, waits on the caller's thread.
 */
final class WorkerApplication implements ExchangeApplication, GatewayApplication {
    private static final Logger LOG = Logs.named("io.gangway.python");

    private final Dispatcher dispatcher;
    private final BufferPolicy buffering;
    private final BodyStore bodies;
    private final Supplier<Optional<String>> brokenCode;

    /**
     * An application that workers run.
     *
     * @param dispatcher gives it connections to the workers
     * @param buffering what is stored, so that slow clients occupy no worker
     * @param bodies where it is stored
     * @param brokenCode why changed code could not be loaded; if present, clients get this text in place of the application's answer
     */
    WorkerApplication(
            Dispatcher dispatcher, BufferPolicy buffering, BodyStore bodies, Supplier<Optional<String>> brokenCode) {
        this.dispatcher = dispatcher;
        this.buffering = buffering;
        this.bodies = bodies;
        this.brokenCode = brokenCode;
    }

    /** The store of what slow clients send and take. */
    BodyStore bodies() {
        return bodies;
    }

    @Override
    public boolean isBlocking() {
        return false;
    }

    @Override
    public boolean isBodyReadFirst() {
        return buffering.isRequestCollected() && !dispatcher.isAsgi();
    }

    @Override
    public Optional<WebSocketApplication> webSockets() {
        return dispatcher.isAsgi() ? Optional.of(new Sockets(dispatcher)) : Optional.empty();
    }

    private record Sockets(Dispatcher dispatcher) implements WebSocketApplication {
        @Override
        public void serve(WebSocketExchange exchange) {
            new WorkerWebSocket(dispatcher, exchange).begin();
        }

        @Override
        public boolean isBlocking() {
            return false;
        }
    }

    @Override
    public Iterable<byte[]> call(Environ environ, StartResponse startResponse) throws Exception {
        return ExchangeCall.of(this, environ, startResponse);
    }

    /** Checks that need no body come first, because reading the body sends 100 Continue (W44). */
    @Override
    public void serve(Exchange exchange) {
        WorkerRequest request;
        Optional<String> problem;
        try {
            request = WorkerRequest.of(exchange.facts(), dispatcher.isAsgi());
            problem = brokenCode.get();
        } catch (RuntimeException | Error e) { // Gangway's fault
            exchange.fail(e);
            return;
        }
        if (request.hasNul()) {
            LOG.log(Level.DEBUG, () -> request.name() + ": answered 400: it contains a NUL");
            exchange.answer(ServerAnswer.of("400 Bad Request", request.id()));
        } else if (problem.isPresent()) {
            exchange.answer(explanation(request, problem.get()));
        } else {
            BodyReading reading = BodyReading.of(request, exchange, buffering.isRequestCollected(), bodies);
            new WorkerExchange(dispatcher, exchange, reading, buffering).begin();
        }
    }

    /** The answer to the developer who has just saved code that cannot be loaded. */
    private static ServerAnswer explanation(WorkerRequest request, String problem) {
        String text = "Request id: " + request.id()
                + "\n\nThe changed code cannot be loaded. Fix: correct it and save it; the application is then loaded again.\n\n"
                + problem
                + "\n";
        return new ServerAnswer("500 Internal Server Error", text, List.of());
    }
}

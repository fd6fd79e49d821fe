package io.gangway.server;

import static java.util.Objects.requireNonNull;

import io.gangway.asgi.AsgiApplication;
import io.gangway.asgi.AsgiEvent;
import io.gangway.asgi.HttpScope;
import io.gangway.asgi.LifespanEvent;
import io.gangway.asgi.Receive;
import io.gangway.asgi.Scope;
import io.gangway.asgi.Send;
import io.gangway.asgi.WebSocketEvent;
import io.gangway.wsgi.GatewayApplication;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/**
 * A WSGI function as an ASGI application: each request is one call, on a thread of an executor, which waits for its client there. Bodies stream in both directions, with
 * back-pressure; the iterable is closed once. The reverse needs no adapter: an {@link AsgiFunction} can be called as a WSGI function.
 *
 * <p>WebSockets are denied with 403; the lifespan has nothing to do.
 *
 * <p>Thread-safe. The executor is the caller's, who bounds it and shuts it down; a task that it rejects fails its request.
 */
public final class WsgiToAsgi implements AsgiApplication {
    private final GatewayApplication function;
    private final Executor executor;

    /**
     * Makes an ASGI application.
     *
     * @param function called by many threads at once
     * @param executor its threads are blocked while a request lasts
     */
    public WsgiToAsgi(GatewayApplication function, Executor executor) {
        this.function = requireNonNull(function, "function");
        this.executor = requireNonNull(executor, "executor");
    }

    @Override
    public CompletionStage<Void> call(Scope scope, Receive receive, Send send) {
        if (scope instanceof HttpScope http) {
            WsgiCall call = new WsgiCall(http, receive, send);
            return CompletableFuture.runAsync(() -> call.run(function), executor);
        }
        return scope.type().equals("lifespan")
                ? lifespan(receive, send)
                : receive.receive().thenCompose(connect -> send.send(new WebSocketEvent.Close()));
    }

    private static CompletionStage<Void> lifespan(Receive receive, Send send) {
        return answered(receive, send, new LifespanEvent.StartupComplete())
                .thenCompose(started -> answered(receive, send, new LifespanEvent.ShutdownComplete()));
    }

    private static CompletionStage<Void> answered(Receive receive, Send send, AsgiEvent.Sent answer) {
        return receive.receive().thenCompose(event -> send.send(answer));
    }
}

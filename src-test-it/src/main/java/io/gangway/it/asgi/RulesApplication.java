package io.gangway.it.asgi;

import io.gangway.asgi.AsgiApplication;
import io.gangway.asgi.ConnectionScope;
import io.gangway.asgi.HttpScope;
import io.gangway.asgi.LifespanEvent;
import io.gangway.asgi.LifespanScope;
import io.gangway.asgi.Receive;
import io.gangway.asgi.Scope;
import io.gangway.asgi.Send;
import io.gangway.asgi.WebSocketScope;
import java.io.IOException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What the cases about ASGI are asked of: the path below the mount point says what is done, and for which run. Its twin in Python is {@code asgi_contract.py}.
 *
 * <p>{@code GET /journal/RUN} answers with what the run has seen last, and {@code GET /release/RUN} lets it go on.
 */
public final class RulesApplication implements AsgiApplication {
    private final Runs runs = new Runs();
    private final HttpApplication http = new HttpApplication(runs);
    private final WebSocketApplication sockets = new WebSocketApplication(runs);
    private final AtomicInteger open = new AtomicInteger();

    /** For {@code class:io.gangway.it.asgi.RulesApplication}. */
    public RulesApplication() throws IOException {}

    @Override
    public CompletionStage<Void> call(Scope scope, Receive receive, Send send) {
        if (scope instanceof LifespanScope lifespan) {
            return lifespan(lifespan, receive, send);
        }
        open.incrementAndGet();
        try {
            return serve((ConnectionScope) scope, receive, send)
                    .whenComplete((ended, problem) -> open.decrementAndGet());
        } catch (RuntimeException e) {
            open.decrementAndGet();
            throw e;
        }
    }

    private CompletionStage<Void> serve(ConnectionScope scope, Receive receive, Send send) {
        String[] path = scope.path().substring(scope.rootPath().length()).split("/", -1);
        String run = path.length > 2 ? path[2] : "";
        return scope instanceof WebSocketScope socket
                ? sockets.call(path[1], run, socket, receive, send)
                : http.call(path[1], run, (HttpScope) scope, receive, send);
    }

    private CompletionStage<Void> lifespan(LifespanScope scope, Receive receive, Send send) {
        return receive.receive()
                .thenCompose(startup -> {
                    scope.state().put("startups", new AtomicInteger(1));
                    scope.state().put("shared", new AtomicInteger());
                    scope.state().put("name", "of the startup");
                    return send.send(new LifespanEvent.StartupComplete());
                })
                .thenCompose(complete -> receive.receive())
                .thenCompose(shutdown -> {
                    System.out.println("lifespan.shutdown with " + open.get() + " open calls");
                    return send.send(new LifespanEvent.ShutdownComplete());
                });
    }
}

package io.gangway.it.asgi;

import io.gangway.asgi.AsgiApplication;
import io.gangway.asgi.LifespanEvent;
import io.gangway.asgi.LifespanScope;
import io.gangway.asgi.Receive;
import io.gangway.asgi.Scope;
import io.gangway.asgi.Send;
import java.util.concurrent.CompletionStage;

/** An application whose startup fails; its twin in Python is {@code failing_startup.py}. */
public final class FailingStartup implements AsgiApplication {
    /** For {@code class:io.gangway.it.asgi.FailingStartup}. */
    public FailingStartup() {}

    @Override
    public CompletionStage<Void> call(Scope scope, Receive receive, Send send) {
        if (!(scope instanceof LifespanScope)) {
            throw new IllegalStateException("called without a startup");
        }
        return receive.receive()
                .thenCompose(startup -> send.send(new LifespanEvent.StartupFailed("no database on purpose")));
    }
}

package io.gangway.it.contract;

import io.gangway.asgi.AsgiApplication;
import io.gangway.asgi.Receive;
import io.gangway.asgi.Scope;
import io.gangway.asgi.Send;
import io.gangway.server.WsgiToAsgi;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** The contract's applications as ASGI: what each case says about an answer must hold for the path of ASGI applications too. */
public final class AsgiContractApplication implements AsgiApplication, AutoCloseable {
    /** More than the requests of one case at the same time. */
    private static final int THREADS = 16;

    private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    private final AsgiApplication application = new WsgiToAsgi(new ContractApplication(), threads);

    /** For {@code class:io.gangway.it.contract.AsgiContractApplication}. */
    public AsgiContractApplication() {}

    @Override
    public CompletionStage<Void> call(Scope scope, Receive receive, Send send) {
        return application.call(scope, receive, send);
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}

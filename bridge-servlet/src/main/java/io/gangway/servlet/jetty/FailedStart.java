package io.gangway.servlet.jetty;

import io.gangway.deploy.Deployment;
import io.gangway.deploy.DeploymentException;
import io.gangway.servlet.jetty.Listeners.UnclaimedException;
import java.io.IOException;
import java.net.BindException;
import java.net.SocketException;
import java.nio.channels.UnresolvedAddressException;
import java.util.concurrent.CompletableFuture;
import org.eclipse.jetty.server.Server;
import org.jspecify.annotations.Nullable;

/** A server that did not start: leaves nothing running, and says why. */
final class FailedStart {
    private FailedStart() {}

    /**
     * Stops and closes all that has started.
     *
     * @param deployment done
     * @param failure gets the exceptions of the clean-up as suppressed ones
     */
    static void cleanUp(
            Server server, Listeners listeners, CompletableFuture<Deployment> deployment, Throwable failure) {
        try {
            server.stop();
        } catch (Exception e) {
            failure.addSuppressed(e);
        }
        if (!deployment.isCompletedExceptionally()) {
            close(deployment.join(), failure); // Jetty has closed it only if it had started the servlet
        }
        listeners.end();
    }

    private static void close(Deployment deployment, Throwable failure) {
        try {
            deployment.close();
        } catch (DeploymentException e) {
            failure.addSuppressed(e);
        }
    }

    /**
     * The exception that {@link GatewayServer.Builder#start} throws.
     *
     * @throws DeploymentException if the application is the reason
     */
    static IOException describe(Listeners listeners, Exception failure) {
        if (failure instanceof DeploymentException problem) {
            throw problem;
        }
        Listener listener = failure instanceof UnclaimedException unclaimed ? unclaimed.listener() : listeners.failed();
        Throwable cause = failure;
        while (cause.getCause() != null && !(cause instanceof BindException)) {
            cause = cause.getCause();
        }
        if (cause instanceof BindException || cause instanceof SocketException) {
            return cannotListen(listener, cause.getMessage(), failure);
        }
        if (cause instanceof UnresolvedAddressException) {
            return cannotListen(listener, "there is no such host", failure);
        }
        return new IOException("the server did not start: " + failure.getMessage(), failure);
    }

    private static BindException cannotListen(Listener listener, @Nullable String reason, Exception failure) {
        BindException problem = new BindException("cannot listen on " + listener + ": " + reason);
        problem.initCause(failure);
        return problem;
    }
}

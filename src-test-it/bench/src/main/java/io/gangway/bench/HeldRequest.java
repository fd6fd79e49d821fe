package io.gangway.bench;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.server.LocalConnector;
import org.eclipse.jetty.server.Server;

/** A request as Jetty gives it to a servlet, kept alive within a call that does not return until it is let go. */
final class HeldRequest {
    private static final long START_SECONDS = 10;

    private final CompletableFuture<HttpServletRequest> arrived = new CompletableFuture<>();
    private final CountDownLatch released = new CountDownLatch(1);
    private final Server server;

    HeldRequest(Workload workload) throws Exception {
        server = Jetties.inMemory(new Holder(arrived, released));
        server.start();
        ((LocalConnector) server.getConnectors()[0]).executeRequest(Requests.raw(workload));
    }

    HttpServletRequest get() throws Exception {
        return arrived.get(START_SECONDS, TimeUnit.SECONDS);
    }

    void letGo() throws Exception {
        released.countDown();
        server.stop();
    }

    private static final class Holder extends HttpServlet {
        private static final long serialVersionUID = 1L;

        private final transient CompletableFuture<HttpServletRequest> arrived;
        private final transient CountDownLatch released;

        Holder(CompletableFuture<HttpServletRequest> arrived, CountDownLatch released) {
            this.arrived = arrived;
            this.released = released;
        }

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) {
            arrived.complete(request);
            try {
                released.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}

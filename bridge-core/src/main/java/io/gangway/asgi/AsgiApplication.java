package io.gangway.asgi;

import java.util.concurrent.CompletionStage;

/**
 * An asynchronous application (ASGI 3.0, "Applications"): called once for each request, for each WebSocket, and once for the lifespan of the deployment.
 *
 * <pre>{@code
 * AsgiApplication hello = (scope, receive, send) -> send.send(
 *                 new HttpEvent.ResponseStart(200, List.of(new Header("content-type", "text/plain"))))
 *         .thenCompose(started -> send.send(new HttpEvent.ResponseBody("Hello".getBytes(UTF_8))));
 * }</pre>
 *
 * <p><b>Threading.</b> It is called on a thread of the server, which it must not block: what takes time belongs on a thread of its own. It may call receive and send on any
 * thread. The stages that they return complete on threads of the server, one after the other for each call.
 *
 * <p><b>Errors.</b> A call that throws, or whose stage fails, before the response has begun, is answered with a 500; afterwards the connection is broken off, or the WebSocket is
 * closed with 1011 (A17, A35). There is no cancellation: when a client leaves, receive gives a disconnect, and send fails (A11, A13).
 *
 * <p>If it is {@link AutoCloseable}, it is closed when its deployment stops, after its lifespan has ended.
 */
@FunctionalInterface
public interface AsgiApplication {
    /**
     * Serves one connection.
     *
     * @param scope what is known of it: {@link HttpScope}, {@link WebSocketScope} or {@link LifespanScope}
     * @param receive gives the events of the client, one for each call
     * @param send takes events for the client
     * @return completes when the application is done with this connection; it need not be done when the response is complete. Not null
     */
    CompletionStage<Void> call(Scope scope, Receive receive, Send send);
}

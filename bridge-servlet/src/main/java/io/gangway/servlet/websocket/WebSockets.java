package io.gangway.servlet.websocket;

import io.gangway.asgi.WebSocketClose;
import io.gangway.exchange.ExchangeRules;
import io.gangway.exchange.RequestFacts;
import io.gangway.exchange.WebSocketApplication;
import io.gangway.log.Logs;
import io.gangway.servlet.watch.ClientConnection;
import io.gangway.servlet.watch.Connections;
import io.gangway.servlet.watch.Watch;
import io.gangway.wsgi.Header;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.websocket.DeploymentException;
import jakarta.websocket.Endpoint;
import jakarta.websocket.server.ServerContainer;
import jakarta.websocket.server.ServerEndpointConfig;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The WebSockets of one deployment: their handshakes, the pings, and the end of all of them.
 *
 * <p>Thread-safe. This class needs jakarta.websocket; {@link WebSocketSupport} says whether the container has it.
 */
public final class WebSockets implements AutoCloseable {
    private static final String PENDING = "io.gangway.servlet.webSocket";

    private static final Logger LOG = Logs.named("io.gangway.servlet");

    private final ServerContainer container;
    private final boolean isTomcat;
    private final ServletSide servlet;
    private final WebSocketLimits limits;
    private final WebSocketTimes times;
    private final LongSupplier nanoTime;
    /** Threads of the container that may wait for slow applications, where it cannot stop reading. */
    private final Semaphore mayBlock;

    private final Set<ServletWebSocket> unanswered = ConcurrentHashMap.newKeySet();
    private final Set<ServletWebSocket> open = ConcurrentHashMap.newKeySet();
    private final Watch watch;
    /** When the stop began; 0 before. */
    private volatile long stoppingSince;

    WebSockets(
            ServerContainer container,
            boolean isTomcat,
            ServletSide servlet,
            WebSocketLimits limits,
            int maxBlocked,
            WebSocketTimes times,
            LongSupplier nanoTime) {
        this.mayBlock = new Semaphore(maxBlocked);
        this.container = container;
        this.isTomcat = isTomcat;
        this.servlet = servlet;
        this.limits = limits;
        this.times = times;
        this.nanoTime = nanoTime;
        this.watch = new Watch("gangway-websockets", times.look(), this::look);
    }

    WebSocketLimits limits() {
        return limits;
    }

    WebSocketTimes times() {
        return times;
    }

    LongSupplier nanoTime() {
        return nanoTime;
    }

    Semaphore mayBlock() {
        return mayBlock;
    }

    void log(Level level, String what, Throwable problem) {
        LOG.log(level, what, problem);
    }

    /**
     * Goes on with a handshake, if this is the second dispatch of its request.
     *
     * @param request of any kind
     * @param response its response
     * @return whether it is one: then it has been answered
     * @throws IOException if the response must be broken off, or the container did not upgrade the connection
     */
    public boolean continueHandshake(HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (!(request.getAttribute(PENDING) instanceof ServletWebSocket socket)) {
            return false;
        }
        request.removeAttribute(PENDING);
        answer(socket, request, response);
        return true;
    }

    /**
     * Serves a handshake; returns when it is answered or suspended.
     *
     * @param request one that {@link WebSocketHandshake} has nothing against
     * @param response its response
     * @param facts about the request
     * @param rules of the deployment
     * @param application decides, and talks
     * @throws IOException as {@link #continueHandshake}
     */
    public void serve(
            HttpServletRequest request,
            HttpServletResponse response,
            RequestFacts facts,
            ExchangeRules rules,
            WebSocketApplication application)
            throws IOException {
        SocketReader reader = request.getAttribute(SocketReader.ATTRIBUTE) instanceof SocketReader given ? given : null;
        if (reader != null && !application.isBlocking()) {
            reader.shareThread();
        }
        ServletWebSocket socket =
                new ServletWebSocket(this, reader, facts.protocol().equals("HTTP/2"));
        rules.serve(facts, socket, application);
        if (!socket.isAnswered()) {
            unanswered.add(socket);
            watch.begin();
            if (request.isAsyncSupported()) {
                request.setAttribute(PENDING, socket);
                socket.suspend(ClientConnection.of(request).orElse(null), servlet.suspend(request, response));
                return;
            }
            socket.awaitAnswer();
        }
        answer(socket, request, response);
    }

    private void answer(ServletWebSocket socket, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        unanswered.remove(socket);
        ServletWebSocket.Answer answer = socket.answer();
        if (answer instanceof ServletWebSocket.Accept accept) {
            upgrade(socket, accept, request, response);
        } else if (answer instanceof ServletWebSocket.Deny deny) {
            servlet.respond(request, response, deny.response());
        }
    }

    private void upgrade(
            ServletWebSocket socket,
            ServletWebSocket.Accept accept,
            HttpServletRequest request,
            HttpServletResponse response)
            throws IOException {
        for (Header header : accept.headers()) {
            response.addHeader(header.name(), header.value());
        }
        boolean isUpgraded = false;
        socket.upgrading();
        try {
            container.upgradeHttpToWebSocket(request, response, config(socket, accept), Map.of());
            isUpgraded = response.getStatus() == upgraded(request) || !response.isCommitted();
        } catch (DeploymentException e) {
            throw new IOException("the container did not upgrade the connection to a WebSocket: " + e.getMessage(), e);
        } catch (IllegalStateException e) {
            if (!WebSocketHandshake.isConnect(request) || response.isCommitted()) {
                throw e;
            }
            socket.troubled(e); // its :protocol was another one (RFC 9220, section 3)
            response.reset();
            response.setStatus(HttpServletResponse.SC_NOT_IMPLEMENTED);
        } finally {
            if (!isUpgraded) {
                socket.failed();
            }
        }
    }

    private static int upgraded(HttpServletRequest request) {
        return WebSocketHandshake.isConnect(request)
                ? HttpServletResponse.SC_OK
                : HttpServletResponse.SC_SWITCHING_PROTOCOLS;
    }

    private ServerEndpointConfig config(ServletWebSocket socket, ServletWebSocket.Accept accept) {
        String subprotocol = accept.subprotocol();
        // Not our own class: Jetty wants a public one.
        return ServerEndpointConfig.Builder.create(Endpoint.class, "/")
                .configurator(new ServerEndpointConfig.Configurator() {
                    @Override
                    public boolean checkOrigin(String origin) {
                        return true; // the application's matter
                    }

                    @Override
                    public String getNegotiatedSubprotocol(List<String> supported, List<String> requested) {
                        return subprotocol == null ? "" : subprotocol;
                    }

                    @Override
                    public <T> T getEndpointInstance(Class<T> type) {
                        return type.cast(new SocketEndpoint(socket, isTomcat));
                    }
                })
                .build();
    }

    // The open ones.

    void add(ServletWebSocket socket) {
        open.add(socket);
        watch.begin();
        if (stoppingSince != 0) {
            socket.close(WebSocketClose.RESTART, "");
        }
    }

    void remove(ServletWebSocket socket) {
        unanswered.remove(socket);
        open.remove(socket);
    }

    /** Tells an application something, on another thread. */
    void tell(Runnable what) {
        watch.tell(what);
    }

    /** Looks after all. */
    void look() {
        long now = nanoTime.getAsLong();
        Connections connections = new Connections();
        unanswered.forEach(
                socket -> guarded(() -> socket.lookForAnswer(now, connection -> connection.isClosed(connections))));
        open.forEach(socket -> guarded(() -> socket.look(now)));
    }

    private static void guarded(Runnable one) {
        try {
            one.run();
        } catch (RuntimeException | Error e) { // the others, and the end of the deployment, must follow all the same
            LOG.log(Level.ERROR, "the look after one WebSocket failed; the others follow", e);
        }
    }

    /** Closes all of them, and those that come, with 1012: their clients may come again. Does not wait. */
    public void restart() {
        if (stoppingSince == 0) {
            stoppingSince = nanoTime.getAsLong() | 1;
        }
        open.forEach(socket -> guarded(() -> socket.close(WebSocketClose.RESTART, "")));
    }

    /** Closes all, waits until they are closed or time is up, and gives up the others. */
    @Override
    public void close() {
        restart();
        long deadline = stoppingSince + times.closing().toNanos();
        try {
            while (!open.isEmpty() && nanoTime.getAsLong() - deadline < 0) {
                TimeUnit.MILLISECONDS.sleep(10);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        unanswered.forEach(socket -> guarded(socket::stop));
        open.forEach(socket -> guarded(socket::giveUp));
        watch.close();
    }
}

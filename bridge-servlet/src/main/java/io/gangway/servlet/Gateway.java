package io.gangway.servlet;

import io.gangway.deploy.ApplicationLoaders;
import io.gangway.deploy.CoreSettings;
import io.gangway.deploy.Deployment;
import io.gangway.deploy.DeploymentException;
import io.gangway.deploy.LoadedApplication;
import io.gangway.deploy.NativeText;
import io.gangway.deploy.OwnClasses;
import io.gangway.deploy.Setting;
import io.gangway.deploy.SettingSource;
import io.gangway.deploy.Settings;
import io.gangway.exchange.BlockingWire;
import io.gangway.exchange.Exchange;
import io.gangway.exchange.ExchangeApplication;
import io.gangway.exchange.ExchangeRules;
import io.gangway.exchange.Outcome.Ending;
import io.gangway.exchange.RequestFacts;
import io.gangway.exchange.ResponseSink;
import io.gangway.exchange.ServerAnswer;
import io.gangway.exchange.WebSocketApplication;
import io.gangway.server.FactsEnviron;
import io.gangway.servlet.ServletObjects.Concurrency;
import io.gangway.servlet.ServletSettings.EncodedSlash;
import io.gangway.servlet.websocket.WebSocketHandshake;
import io.gangway.servlet.websocket.WebSockets;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletContext;
import jakarta.servlet.UnavailableException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.File;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Carries requests into one deployed application: the common part of GatewayServlet and GatewayFilter.
 *
 * <p>Holds no state of a request and no lock.
 */
final class Gateway implements AutoCloseable {
    private static final Duration MOST_RESERVED = Duration.ofSeconds(2);

    private final Deployment deployment;
    private final GatewayLog log;
    private final ExchangeRules rules;
    private final Drivers drivers;
    private final ClientWatch clients;
    private final BufferOutput buffers = new BufferOutput();
    private final Concurrency concurrency;
    private final EncodedSlashes encodedSlashes;
    private final @Nullable WebSockets webSockets;

    private Gateway(
            Deployment deployment,
            GatewayLog log,
            Drivers drivers,
            Concurrency concurrency,
            EncodedSlashes encodedSlashes,
            @Nullable WebSockets webSockets) {
        this.deployment = deployment;
        this.log = log;
        this.rules = deployment.rules(log::ended);
        this.drivers = drivers;
        this.clients = new ClientWatch(deployment.settings().get(CoreSettings.MIN_DATA_RATE));
        this.encodedSlashes = encodedSlashes;
        this.concurrency = concurrency;
        this.webSockets = webSockets;
    }

    /** An application that code gives. */
    @FunctionalInterface
    interface Given {
        /** Makes it ready; empty if the setting names it. */
        Optional<LoadedApplication> load(Settings settings) throws Exception;
    }

    /**
     * Resolves the settings and starts the application.
     *
     * <p>A failure is logged here and not passed on: containers show clients the exceptions of a start, and an application's
     * traceback may contain secrets. All failures are caught, errors of the JVM too, because Tomcat tries the start again at the next
     * request unless the exception is a permanent {@link UnavailableException} (Servlet 6.0, section 2.3.3.2).
     *
     * @param context the web application
     * @param name the name of the servlet or filter, for the log
     * @param initParams the init-params of the servlet or filter
     * @param given the application, if code gives it
     * @throws UnavailableException if the start failed; it is permanent, and does not tell the reason
     */
    static Gateway start(ServletContext context, String name, Map<String, String> initParams, Given given)
            throws UnavailableException {
        try {
            ApplicationLoaders loaders = ApplicationLoaders.visibleTo(classLoader(context));
            if (context.getAttribute(ServletContext.TEMPDIR) instanceof File directory) {
                loaders.in(NativeText.path(directory.getPath()));
            }
            Settings settings = settings(context, initParams, loaders);
            Optional<LoadedApplication> application = given.load(settings);
            Deployment deployment = application.isPresent()
                    ? Deployment.start(settings, application.get())
                    : Deployment.start(settings, loaders, List.of(), context.getContextPath());
            return ofStarted(context, deployment);
        } catch (DeploymentException e) {
            throw failedStart(context, name, e);
        } catch (Throwable e) {
            if (e instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            throw failedStart(
                    context,
                    name,
                    new DeploymentException(
                            "the application could not be made: " + e
                                    + ". Fix: correct the code that the stack trace below shows",
                            e));
        }
    }

    private static Gateway ofStarted(ServletContext context, Deployment deployment) {
        try {
            return of(context, deployment);
        } catch (RuntimeException | Error e) {
            deployment.close(); // the container failed, or a broken XML parser in the web application
            throw e;
        }
    }

    private static UnavailableException failedStart(ServletContext context, String name, DeploymentException problem) {
        GatewayLog.failedStart(context.getContextPath(), name, problem);
        return new FailedStartException();
    }

    /** The gateway to a deployment that is running; the gateway closes it. */
    static Gateway of(ServletContext context, Deployment deployment) {
        OwnClasses.loadWith(Gateway.class);
        boolean multiprocess = deployment.isMultiprocess() || Distributable.isMarked(context);
        String name = deployment.name().isEmpty() ? context.getContextPath() : deployment.name();
        GatewayLog log = new GatewayLog(name);
        return new Gateway(
                deployment,
                log,
                new Drivers(context, log),
                new Concurrency(deployment.isMultithread(), multiprocess),
                new EncodedSlashes(context, acceptsEncodedSlashes(context, deployment.settings())),
                Handshakes.of(context, deployment.settings()));
    }

    /** A deployment that was started elsewhere may not know this module's settings. */
    private static boolean acceptsEncodedSlashes(ServletContext context, Settings settings) {
        return context.getAttribute(GatewayServlet.UNCONSTRAINED) != null
                || (settings.definitions().contains(ServletSettings.ENCODED_SLASH)
                        && settings.get(ServletSettings.ENCODED_SLASH) == EncodedSlash.ACCEPT);
    }

    EncodedSlashes encodedSlashes() {
        return encodedSlashes;
    }

    private static Settings settings(
            ServletContext context, Map<String, String> initParams, ApplicationLoaders loaders) {
        List<Setting<?>> definitions = new ArrayList<>(loaders.settings());
        definitions.addAll(ServletSettings.all());
        return Settings.resolve(
                definitions,
                List.of(
                        SettingSource.systemProperties(),
                        SettingSource.environment(),
                        SettingSource.initParams(initParams),
                        SettingSource.contextParams(
                                Parameters.of(context.getInitParameterNames(), context::getInitParameter))));
    }

    private static ClassLoader classLoader(ServletContext context) {
        ClassLoader loader = context.getClassLoader();
        return loader != null ? loader : Gateway.class.getClassLoader();
    }

    Settings settings() {
        return deployment.settings();
    }

    /**
     * Answers one request. If the application and the container can do without a thread that waits, another thread answers it after this method has
     * returned.
     *
     * @throws IOException if the response must be broken off: only an exception that {@code service} throws
     *     makes both Tomcat and Jetty close the connection without a clean end (W68)
     */
    void handle(HttpServletRequest request, HttpServletResponse response, RequestPath path) throws IOException {
        if (Suspension.isToBeBrokenOff(request)) {
            throw BrokenOffException.in(request);
        }
        if (continueHandshake(request, response)) {
            return;
        }
        ExchangeApplication application =
                deployment.application() instanceof ExchangeApplication serving ? serving : null;
        Optional<WebSocketApplication> sockets =
                application != null && WebSocketHandshake.isOne(request) ? application.webSockets() : Optional.empty();
        if (refuseIfFaulty(request, response, sockets.isPresent())) {
            return;
        }
        RequestFacts facts = ServletFacts.of(request, path);
        if (sockets.isPresent()) {
            serveWebSocket(request, response, facts, sockets.get());
            return;
        }
        if (application != null && drivers.isNonBlocking(request, response, application)) {
            NonBlockingWire wire = NonBlockingWire.suspend(
                    request, response, facts.bodyLength() != 0, drivers.container(), buffers, clients);
            accepted(request);
            rules.serve(facts, wire, application);
        } else {
            RequestBody body = new RequestBody(request);
            answer(request, response, facts, body, new ServletSink(response, body, new HeadWriter(request, response)));
        }
    }

    /** Goes on with the handshake of a WebSocket, if this is the second dispatch of its request. Returns whether it is. */
    private boolean continueHandshake(HttpServletRequest request, HttpServletResponse response) throws IOException {
        return request.getDispatcherType() == DispatcherType.ASYNC
                && webSockets != null
                && webSockets.continueHandshake(request, response);
    }

    private void serveWebSocket(
            HttpServletRequest request,
            HttpServletResponse response,
            RequestFacts facts,
            WebSocketApplication application)
            throws IOException {
        accepted(request);
        Optional<ServerAnswer> refusal =
                webSockets == null ? Optional.of(WebSocketHandshake.notHere()) : WebSocketHandshake.refusal(request);
        if (webSockets != null && refusal.isEmpty()) {
            webSockets.serve(request, response, facts, rules, application);
            return;
        }
        RequestBody body = new RequestBody(request);
        BlockingWire wire = new BlockingWire(body, new ServletSink(response, body, new HeadWriter(request, response)));
        rules.serve(facts, wire, new Answering(refusal.orElseThrow()));
        wire.run();
    }

    /** The server's own answer, which the steps see. */
    private record Answering(ServerAnswer answer) implements ExchangeApplication {
        @Override
        public void serve(Exchange exchange) {
            exchange.answer(answer);
        }

        @Override
        public boolean isBlocking() {
            return true;
        }
    }

    /** Closes all WebSockets with 1012, because the server stops. Does not wait. */
    void closeWebSockets() {
        if (webSockets != null) {
            webSockets.restart();
        }
    }

    /** Answers one request before it returns: a filter's requests cannot be suspended, because their dispatch would not call the filter. */
    void handleOnThisThread(HttpServletRequest request, HttpServletResponse response, RequestPath path)
            throws IOException {
        if (!refuseIfFaulty(request, response, false)) {
            RequestBody body = new RequestBody(request);
            ServletSink sink = new ServletSink(response, body, new HeadWriter(request, response));
            answer(request, response, ServletFacts.of(request, path), body, sink);
        }
    }

    /** As {@link #handleOnThisThread}, but keeps a 404 or 405 from the client. Returns whether the application answered so. */
    boolean handleOrDecline(HttpServletRequest request, HttpServletResponse response, RequestPath path)
            throws IOException {
        if (refuseIfFaulty(request, response, false)) {
            return false;
        }
        RequestBody body = new RequestBody(request);
        DeclinableSink sink = new DeclinableSink(new ServletSink(response, body, new HeadWriter(request, response)));
        answer(request, response, ServletFacts.of(request, path), body, sink);
        return sink.isDeclined();
    }

    private void answer(
            HttpServletRequest request,
            HttpServletResponse response,
            RequestFacts facts,
            RequestBody body,
            ResponseSink sink)
            throws IOException {
        ServletObjects objects = new ServletObjects(request, response, body, concurrency, facts.requestId());
        BlockingWire wire = new BlockingWire(body, sink);
        Ending ending;
        try {
            accepted(request);
            rules.serve(facts, wire, deployment.served(exchange -> FactsEnviron.of(exchange.facts(), objects)));
            ending = wire.run();
        } finally {
            objects.end();
        }
        if (ending == Ending.BROKEN) {
            throw BrokenOffException.of(request, response);
        }
    }

    private static void accepted(HttpServletRequest request) {
        if (request.getAttribute(GatewayServlet.ACCEPTED) instanceof Runnable told) {
            told.run();
        }
    }

    /** Answers a request that no application should see. Returns whether the request was one. */
    private boolean refuseIfFaulty(HttpServletRequest request, HttpServletResponse response, boolean isHandshake)
            throws IOException {
        Refusal refusal =
                encodedSlashes.isRefused(request) ? EncodedSlashes.refusal() : Refusal.of(request, isHandshake);
        if (refusal == null) {
            return false;
        }
        log.refused(refusal, request.getMethod(), request.getRequestURI());
        RequestBody.skip(request);
        refusal.send(response);
        return true;
    }

    /**
     * Stops the application when its requests have ended or its time is over. A failure is logged, because the container could do nothing about it.
     *
     * <p>The container does not wait for suspended requests, and a worker that has given its answer does not know whether the client has it.
     */
    @Override
    public void close() {
        Optional<Duration> time = deployment.state() == Deployment.State.RUNNING
                ? deployment.timeToStop()
                : Optional.empty(); // a server has waited
        long begin = System.nanoTime();
        try {
            closeWebSockets();
            time.ifPresent(
                    all -> clients.awaitNone(begin + all.minus(reserved(all)).toNanos()));
            if (webSockets != null) {
                webSockets.close();
            }
        } catch (RuntimeException | LinkageError e) { // the application's processes must end all the same
            log.failedWait(e);
        }
        try {
            if (time.isPresent()) {
                Duration left = time.get().minusNanos(System.nanoTime() - begin);
                deployment.close(left.isNegative() ? Duration.ZERO : left);
            } else {
                deployment.close();
            }
        } catch (DeploymentException e) {
            log.failedStop(e);
        } finally {
            clients.close();
        }
    }

    /** The time that requests leave to the application's own stop: a tenth, and two seconds at most. */
    private static Duration reserved(Duration time) {
        Duration tenth = time.dividedBy(10);
        return tenth.compareTo(MOST_RESERVED) < 0 ? tenth : MOST_RESERVED;
    }

    /** Permanent, and without secrets: containers show it to clients, or log it beside our own entry. */
    private static final class FailedStartException extends UnavailableException {
        private static final long serialVersionUID = 1L;

        FailedStartException() {
            super(
                    "the application did not start. The log says why, in an entry of io.gangway.servlet. Fix: do what that entry says,"
                            + " and deploy again");
        }

        @Override
        public synchronized Throwable fillInStackTrace() {
            return this;
        }
    }
}

package io.gangway.servlet;

import io.gangway.deploy.ApplicationLoaders;
import io.gangway.deploy.Deployment;
import io.gangway.deploy.DeploymentException;
import io.gangway.deploy.LoadedApplication;
import io.gangway.deploy.Setting;
import io.gangway.deploy.SettingSource;
import io.gangway.deploy.Settings;
import io.gangway.server.Outcome;
import io.gangway.server.Outcome.Ending;
import io.gangway.server.ResponseSink;
import io.gangway.server.SuspendableApplication;
import io.gangway.server.WsgiExchange;
import io.gangway.servlet.RequestEnviron.Concurrency;
import io.gangway.wsgi.GatewayApplication;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * Carries requests into one deployed application: what GatewayServlet and GatewayFilter have in common.
 *
 * <p>Holds no state of a request and no lock.
 */
final class Gateway implements AutoCloseable {
    private final Deployment deployment;
    private final Concurrency concurrency;

    private Gateway(Deployment deployment, Concurrency concurrency) {
        this.deployment = deployment;
        this.concurrency = concurrency;
    }

    /**
     * Resolves the settings and starts the application.
     *
     * @param context the web application
     * @param initParams of the servlet or filter
     * @param given the application, where code knows it
     * @throws ServletException with one clear message, and a cause only where its trace helps
     */
    static Gateway start(
            ServletContext context, Map<String, String> initParams, Callable<Optional<GatewayApplication>> given)
            throws ServletException {
        try {
            ApplicationLoaders loaders = ApplicationLoaders.visibleTo(classLoader(context));
            Settings settings = settings(context, initParams, loaders);
            Optional<GatewayApplication> application = given.call();
            Deployment deployment = application.isPresent()
                    ? Deployment.start(settings, LoadedApplication.of(application.get()))
                    : Deployment.start(settings, loaders);
            return of(context, deployment);
        } catch (DeploymentException e) {
            throw new FailedStartException(e.getMessage(), e.getCause());
        } catch (Exception e) {
            throw new FailedStartException("the application could not be made: " + e, e);
        }
    }

    /** The gateway to a deployment that is running; the gateway closes it. */
    static Gateway of(ServletContext context, Deployment deployment) {
        boolean multiprocess = deployment.isMultiprocess() || Distributable.isMarked(context);
        return new Gateway(deployment, new Concurrency(deployment.isMultithread(), multiprocess));
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
     * Answers one request; perhaps later, on another thread, if the request can be suspended.
     *
     * @throws ServletException if the response must be broken off: an exception out of {@code service} is the one way that
     *     makes both Tomcat and Jetty close the connection without a clean end (W68)
     */
    void handle(HttpServletRequest request, HttpServletResponse response, RequestPath path)
            throws ServletException, IOException {
        if (SuspendedRequest.isToBeBrokenOff(request)) {
            throw new BrokenOffException();
        }
        RequestBody body = new RequestBody(request);
        if (deployment.application() instanceof SuspendableApplication application
                && SuspendedRequest.isPossible(request)
                && !hasUnknownTransferCoding(request)) {
            RequestEnviron source = new RequestEnviron(request, response, path, body, concurrency);
            new SuspendedRequest(request, response, body, source, deployment.errorPage()).begin(application);
        } else {
            handle(request, response, path, body, new ServletSink(response, body));
        }
    }

    /** As {@link #handle}, but keeps a 404 or 405 from the client; says whether there was one. */
    boolean handleOrDecline(HttpServletRequest request, HttpServletResponse response, RequestPath path)
            throws ServletException, IOException {
        RequestBody body = new RequestBody(request);
        DeclinableSink sink = new DeclinableSink(new ServletSink(response, body));
        handle(request, response, path, body, sink);
        return sink.isDeclined();
    }

    private void handle(
            HttpServletRequest request,
            HttpServletResponse response,
            RequestPath path,
            RequestBody body,
            ResponseSink sink)
            throws ServletException, IOException {
        if (hasUnknownTransferCoding(request)) {
            response.sendError(HttpServletResponse.SC_NOT_IMPLEMENTED);
            return;
        }
        RequestEnviron source = new RequestEnviron(request, response, path, body, concurrency);
        Outcome outcome;
        try {
            outcome = new WsgiExchange(source.environ(), sink, deployment.errorPage()).run(deployment.application());
        } finally {
            source.end();
        }
        GatewayLog.outcome(outcome, source.requestId(), request.getMethod(), request.getRequestURI());
        if (outcome.ending() == Ending.BROKEN) {
            throw new BrokenOffException();
        }
    }

    /** RFC 9112, section 6.1: Jetty would hand {@code gzip, chunked} on undecoded, as if it were the body (W42). */
    private static boolean hasUnknownTransferCoding(HttpServletRequest request) {
        for (Enumeration<String> codings = request.getHeaders("Transfer-Encoding"); codings.hasMoreElements(); ) {
            if (!codings.nextElement().trim().equalsIgnoreCase("chunked")) {
                return true;
            }
        }
        return false;
    }

    /** Stops the application; what goes wrong is logged, for there is nobody to throw it to. */
    @Override
    public void close() {
        try {
            deployment.close();
        } catch (DeploymentException e) {
            GatewayLog.failedStop(e);
        }
    }

    /** Its message is all there is to say; its trace would lead through Gangway only. */
    private static final class FailedStartException extends ServletException {
        private static final long serialVersionUID = 1L;

        FailedStartException(@Nullable String message, @Nullable Throwable cause) {
            super(message, cause);
        }

        @Override
        public synchronized Throwable fillInStackTrace() {
            return this;
        }
    }

    /** Carries no trace: the log has the problem itself already. */
    private static final class BrokenOffException extends ServletException {
        private static final long serialVersionUID = 1L;

        BrokenOffException() {
            super("Gangway breaks this response off, so that the client sees it is incomplete");
        }

        @Override
        public synchronized Throwable fillInStackTrace() {
            return this;
        }
    }
}

package io.gangway.servlet;

import io.gangway.exchange.ExchangeApplication;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletRequestWrapper;
import jakarta.servlet.ServletResponseWrapper;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Decides how a request is driven: by listeners, so that no thread waits, or by a thread of the container that does.
 *
 * <p>Listeners are used where they were shown to be safe: on Tomcat and Jetty, for requests that come from the client, but not for HTTP/2 and chunked bodies on
 * Tomcat. A filter that puts a stream of its own in place of the container's may have no listeners, or some that are never called.
 */
final class Drivers {
    private final GatewayLog log;
    private final Container container;
    private final AtomicBoolean isWarned = new AtomicBoolean();

    Drivers(ServletContext context, GatewayLog log) {
        this.log = log;
        this.container = Container.of(context);
    }

    Container container() {
        return container;
    }

    /** Whether a request can be driven by listeners. To be called on the container's thread, before anything is read or written. */
    boolean isNonBlocking(HttpServletRequest request, HttpServletResponse response, ExchangeApplication application)
            throws IOException {
        boolean isContinueAwaited =
                request.getHeader("Expect") != null; // Jetty sends it when it is asked for the stream
        if (application.isBlocking()
                || (isContinueAwaited && !application.isBodyReadFirst())
                || container == Container.OTHER
                || request.getDispatcherType() != DispatcherType.REQUEST
                || response.isCommitted()
                || (container == Container.TOMCAT && isUnsafeOnTomcat(request))) {
            return false;
        }
        if (!request.isAsyncSupported()) {
            if (isWarned.compareAndSet(false, true)) {
                log.asyncIsMissing();
            }
            return false;
        }
        return hasContainersStreams(request, response);
    }

    /** A stream of HTTP/2 whose connection was reset gets no callback there; chunks of a body were taken for the next request. */
    private static boolean isUnsafeOnTomcat(HttpServletRequest request) {
        return !request.getProtocol().startsWith("HTTP/1.") || ServletFacts.isChunked(request);
    }

    /** Asks wrappers only for their streams: what is not wrapped has the container's, and to be asked has consequences. */
    private boolean hasContainersStreams(HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (request instanceof ServletRequestWrapper
                && (request.getHeader("Expect") != null || !isContainers(request.getInputStream()))) {
            return false;
        }
        return !(response instanceof ServletResponseWrapper) || isContainers(response.getOutputStream());
    }

    private boolean isContainers(Object stream) {
        String name = stream.getClass().getName();
        return container == Container.TOMCAT
                ? name.startsWith("org.apache.catalina.connector.")
                : name.startsWith("org.eclipse.jetty.");
    }
}

package io.gangway.servlet;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;

/**
 * A request as Jetty must see it when it is suspended. Jetty reads its URI once more, and takes what follows two slashes for an authority: {@code //x/../y} is an exception then, and
 * a dispatch of {@code //x/y} goes to {@code /y}. With a segment in front that means nothing, it is the same path for it.
 */
final class SuspendedRequest extends HttpServletRequestWrapper {
    /** The deployment limits the application's time. */
    private static final long NEVER = 0;

    /** Tomcat ends requests without a timeout when their web application begins to stop, before it stops the servlet. */
    private static final long NEVER_ON_TOMCAT = Long.MAX_VALUE;

    private final String uri;

    private SuspendedRequest(HttpServletRequest request, String uri) {
        super(request);
        this.uri = uri;
    }

    /** Suspends a request. To be called within {@code service()}, once. */
    static AsyncContext suspend(HttpServletRequest request, HttpServletResponse response, Container container) {
        AsyncContext context = request.startAsync(of(request, container), response);
        context.setTimeout(container == Container.TOMCAT ? NEVER_ON_TOMCAT : NEVER);
        return context;
    }

    /** The request itself, where its URI is not misread. */
    private static HttpServletRequest of(HttpServletRequest request, Container container) {
        String uri = request.getRequestURI();
        return container == Container.JETTY && uri.startsWith("//")
                ? new SuspendedRequest(request, "/." + uri)
                : request;
    }

    @Override
    public String getRequestURI() {
        return uri;
    }
}

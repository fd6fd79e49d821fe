package io.gangway.servlet;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;

/**
 * A request as Jetty must see it when it is suspended. Jetty reads its URI once more, and takes what follows two slashes for an authority: {@code //x/../y} is an exception then, and
 * a dispatch of {@code //x/y} goes to {@code /y}. With a segment in front that means nothing, it is the same path for it.
 */
final class SuspendedRequest extends HttpServletRequestWrapper {
    private final String uri;

    private SuspendedRequest(HttpServletRequest request, String uri) {
        super(request);
        this.uri = uri;
    }

    /** The request itself, where its URI is not misread. */
    static HttpServletRequest of(HttpServletRequest request, Container container) {
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

package io.gangway.servlet.jetty;

import io.gangway.servlet.GatewayServlet;
import java.util.function.Consumer;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Request;

/**
 * How Jetty reads requests and writes responses, so that applications get what they get from other servers; and what each request tells {@link GatewayServlet} of this server.
 *
 * @param requestHeaderLimit max bytes of a request's line and headers
 * @param responseHeaderLimit max bytes of a response's headers, as the servlet counts them
 * @param areRefusedTold whether somebody is told of requests that never reach the application
 */
record Http(int requestHeaderLimit, int responseHeaderLimit, boolean areRefusedTold) {
    /** Bytes for the part of a head that Jetty itself writes: the status line, Date, Connection, Transfer-Encoding and others. */
    private static final int OWN_HEADERS = 1 << 10;

    /** Bytes of Jetty's first buffer for a response's head; if a head does not fit, Jetty allocates a larger one. */
    private static final int USUAL_HEAD = 8 << 10;

    /** A configuration of its own for each caller. */
    HttpConfiguration configuration() {
        HttpConfiguration http = new HttpConfiguration();
        http.setRequestHeaderSize(requestHeaderLimit);
        // Larger than our own limit, so that a head reaches ours first.
        http.setResponseHeaderSize(USUAL_HEAD);
        http.setMaxResponseHeaderSize(Math.max(USUAL_HEAD, responseHeaderLimit + OWN_HEADERS));
        http.setSendServerVersion(false);
        // Applications get %2F, %25, // and %FF here too, as in other servers (with decodeAmbiguousURIs in the
        // context).
        http.setUriCompliance(UriCompliance.UNSAFE);
        http.setHttpCompliance(TargetAuthority.COMPLIANCE);
        // From its second request on, each connection would have a cache of header fields: 100 KB.
        http.setHeaderCacheSize(0);
        // By default, Jetty replaces a field by a usual one that it knows, or by that of an earlier request on the
        // connection, if both differ only in case: it could be another client's cookie.
        http.setHeaderCacheCaseSensitive(true);
        http.addCustomizer(RequestChecks::withoutQuotes);
        http.addCustomizer(this::prepare);
        return http;
    }

    private Request prepare(Request request, HttpFields.Mutable responseHeaders) {
        request.setAttribute(GatewayServlet.RESPONSE_HEADER_LIMIT, responseHeaderLimit);
        Consumer<String> contentType = value -> responseHeaders.put(HttpHeader.CONTENT_TYPE, value);
        request.setAttribute(GatewayServlet.CONTENT_TYPE_SETTER, contentType);
        Runnable skipper = () -> UnreadBody.skip(request, responseHeaders);
        request.setAttribute(GatewayServlet.BODY_SKIPPER, skipper);
        if (areRefusedTold) {
            Runnable accepted = () -> RefusedRequests.accept(request);
            request.setAttribute(GatewayServlet.ACCEPTED, accepted);
        }
        return request;
    }
}

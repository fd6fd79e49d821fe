package io.gangway.servlet.jetty;

import io.gangway.exchange.EndedExchange;
import io.gangway.exchange.Outcome;
import io.gangway.exchange.RequestFacts;
import io.gangway.wsgi.Header;
import io.gangway.wsgi.NativeStrings;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.RequestLog;
import org.eclipse.jetty.server.Response;

/**
 * Tells of requests that were answered before they reached the application; those that reached it have told of themselves.
 *
 * <p>Thread-safe.
 */
final class RefusedRequests implements RequestLog {
    private static final String ACCEPTED = RefusedRequests.class.getName();

    /** Jetty's targets for requests whose own could not be read. */
    private static final List<String> UNREADABLE = List.of("/badMessage", "/badURI");

    private final Consumer<? super EndedExchange> watcher;

    RefusedRequests(Consumer<? super EndedExchange> watcher) {
        this.watcher = watcher;
    }

    /** To be called when a request reaches the application. */
    static void accept(Request request) {
        request.setAttribute(ACCEPTED, true);
    }

    @Override
    public void log(Request request, Response response) {
        if (request.getAttribute(ACCEPTED) == null) {
            watcher.accept(ended(request, response));
        }
    }

    private static EndedExchange ended(Request request, Response response) {
        String uri = target(request);
        boolean isReadable = !UNREADABLE.contains(uri); // otherwise Jetty invents a method and a protocol too
        RequestFacts facts = RequestFacts.of("", isReadable ? request.getMethod() : "")
                .target(isReadable ? NativeStrings.ofText(uri) : "")
                .protocol(isReadable ? protocol(request) : "")
                .client(Request.getRemoteAddr(request), null)
                .headers(headers(request.getHeaders()))
                .build();
        return new EndedExchange(
                facts,
                response.getStatus(),
                headers(response.getHeaders()),
                bytes(request, response),
                Request.getTimeStamp(request),
                System.nanoTime() - request.getBeginNanoTime(),
                new Outcome(Outcome.Ending.REPLACED, null));
    }

    /** Jetty does not count the body of an answer to a request that its parser refused. */
    private static long bytes(Request request, Response response) {
        long counted = Response.getContentBytesWritten(response);
        return counted > 0 || HttpMethod.HEAD.is(request.getMethod())
                ? counted
                : Math.max(0, response.getHeaders().getLongField(HttpHeader.CONTENT_LENGTH));
    }

    /** As sent; of CONNECT it is the authority (RFC 9112, section 3.2.3). */
    private static String target(Request request) {
        HttpURI uri = request.getHttpURI();
        String target = HttpMethod.CONNECT.is(request.getMethod()) ? uri.getAuthority() : uri.getPathQuery();
        return target == null ? "" : target;
    }

    private static String protocol(Request request) {
        String protocol = request.getConnectionMetaData().getProtocol();
        return protocol.equals("HTTP/2.0") ? "HTTP/2" : protocol;
    }

    private static List<Header> headers(HttpFields fields) {
        List<Header> headers = new ArrayList<>();
        for (HttpField field : fields) {
            headers.add(new Header(field.getName(), NativeStrings.ofHeader(String.valueOf(field.getValue()))));
        }
        return headers;
    }
}

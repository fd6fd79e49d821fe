package io.gangway.servlet;

import io.gangway.exchange.ResponseHead;
import io.gangway.wsgi.Header;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Writes a head to a servlet response.
 *
 * <p>Headers that the container or filters have set stay, in particular cookies (W55). The reason phrase is dropped: Servlet
 * 6.0 has no way to set it.
 */
final class HeadWriter {
    private final HttpServletRequest request;
    private final HttpServletResponse response;
    private final HeadLimit limit;
    /** Read by the container at the end of the response. */
    private volatile Map<String, String> trailers = Map.of();

    HeadWriter(HttpServletRequest request, HttpServletResponse response) {
        this.request = request;
        this.response = response;
        this.limit = HeadLimit.of(request);
    }

    /**
     * Checks a head before any of it is put into the response. Any thread may call it.
     *
     * @throws io.gangway.exchange.HeadTooLargeException if it is over the server's limit
     */
    void check(ResponseHead head) {
        limit.check(head);
    }

    /** Takes the trailers of a head that announces them. Any thread may call it, before the end of the response. */
    void trailers(List<Header> given) {
        Map<String, String> joined = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (Header trailer : given) { // RFC 9110, section 5.3: the Servlet API has one value for each name
            joined.merge(trailer.name(), unpadded(trailer.value()), (first, next) -> first + ", " + next);
        }
        trailers = joined;
    }

    void write(ResponseHead head) {
        boolean areTrailersSent = head.hasTrailers() && areTrailersPossible();
        response.setStatus(head.code());
        for (Header header : head.headers()) {
            if (!areTrailersSent || !header.is("Content-Length")) { // RFC 9112, section 6.1: they need chunks
                put(header, head);
            }
        }
        if (!response.containsHeader("Server")) {
            response.setHeader("Server", "Gangway"); // W58; the containers add Date themselves
        }
    }

    /** Containers want them before the head is sent, and refuse them where the protocol has none: HTTP/1.0 and AJP. */
    private boolean areTrailersPossible() {
        try {
            response.setTrailerFields(() -> trailers);
            return true;
        } catch (IllegalStateException e) {
            return false;
        }
    }

    private void put(Header header, ResponseHead head) {
        if (header.is("Content-Length")) {
            response.setContentLengthLong(head.contentLength());
        } else if (header.is("Content-Type")) {
            putContentType(unpadded(header.value()));
        } else if (header.is("Date") || header.is("Server")) {
            response.setHeader(header.name(), unpadded(header.value())); // Jetty has set them before (W58)
        } else {
            response.addHeader(header.name(), unpadded(header.value()));
        }
    }

    /**
     * RFC 9110, section 5.5: the space around a value is not part of it. Django writes a space before the value of a cookie,
     * and in HTTP/2 Jetty would break the response off (RFC 9113, section 8.2.1).
     */
    private static String unpadded(String value) {
        int from = 0;
        int to = value.length();
        while (from < to && value.charAt(from) == ' ') {
            from++;
        }
        while (to > from && value.charAt(to - 1) == ' ') {
            to--;
        }
        return value.substring(from, to); // the same string, if there is no space around it
    }

    private void putContentType(String value) {
        response.setHeader("Content-Type", value);
        if (!value.toLowerCase(Locale.ROOT).contains("charset=")) {
            response.setCharacterEncoding(null); // W69: otherwise Jetty's ee11 appends a charset of its own
        }
        if (request.getAttribute(GatewayServlet.CONTENT_TYPE_SETTER) instanceof Consumer<?> sender) {
            sendAsGiven(sender, value);
        }
    }

    /** W69: our own server can send the value as it is; Jetty's servlet layer would change its spelling. */
    @SuppressWarnings("unchecked") // as GatewayServlet.CONTENT_TYPE_SETTER says
    private static void sendAsGiven(Consumer<?> sender, String value) {
        ((Consumer<String>) sender).accept(value);
    }
}

package io.gangway.servlet;

import io.gangway.exchange.HeadTooLargeException;
import io.gangway.exchange.ResponseHead;
import io.gangway.wsgi.Header;
import jakarta.servlet.http.HttpServletRequest;

/**
 * The max size of a response's head, if the server has set one. Containers reject a larger head in different ways, and often log
 * nothing.
 *
 * @param bytes the size, counted as HTTP/2 counts it; -1 if only the container knows
 */
record HeadLimit(long bytes) {
    /** Bytes counted for each header beside its name and value (RFC 9113, section 6.5.2); in HTTP/1.1 it needs fewer. */
    private static final int OVERHEAD = 32;

    /** The limit that the server has set on a request. */
    static HeadLimit of(HttpServletRequest request) {
        return new HeadLimit(
                request.getAttribute(GatewayServlet.RESPONSE_HEADER_LIMIT) instanceof Integer limit ? limit : -1);
    }

    /**
     * Checks a head before any of it is put into the response.
     *
     * @throws HeadTooLargeException if it is over the limit
     */
    void check(ResponseHead head) {
        if (bytes < 0) {
            return;
        }
        long size = 0;
        for (Header header : head.headers()) {
            size += size(header);
        }
        if (size > bytes) {
            throw tooLarge(head, size);
        }
    }

    private static int size(Header header) {
        return header.name().length() + header.value().length() + OVERHEAD;
    }

    private HeadTooLargeException tooLarge(ResponseHead head, long size) {
        String name = head.headers().stream()
                .max((one, other) ->
                        Integer.compare(one.value().length(), other.value().length()))
                .map(Header::name)
                .orElseThrow();
        long count = head.headers().stream().filter(header -> header.is(name)).count();
        return new HeadTooLargeException("the response's headers have " + size + " bytes (32 for each of the "
                + head.headers().size() + " headers included), and gangway.response-header-limit is " + bytes
                + "; the longest is " + name + (count > 1 ? ", sent " + count + " times" : "")
                + ". Fix: send fewer or shorter headers, or raise gangway.response-header-limit"
                + " (GatewayServer.Builder.responseHeaderLimit)");
    }
}

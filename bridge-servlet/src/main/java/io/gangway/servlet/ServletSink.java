package io.gangway.servlet;

import io.gangway.server.ResponseHead;
import io.gangway.server.ResponseSink;
import io.gangway.wsgi.ClientException;
import io.gangway.wsgi.Header;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Writes a gateway response to a servlet response.
 *
 * <p>Headers that the container or filters have set stay, in particular cookies (W55). The reason phrase is dropped: Servlet
 * 6.0 has no way to set it.
 */
final class ServletSink implements ResponseSink {
    private final HttpServletResponse response;
    private final RequestBody requestBody;
    private final HeadLimit limit;
    private @Nullable ServletOutputStream output;
    private boolean isBuffered;
    private boolean isHead;

    ServletSink(HttpServletResponse response, RequestBody requestBody, HeadLimit limit) {
        this.response = response;
        this.requestBody = requestBody;
        this.limit = limit;
    }

    /**
     * Leaves the response in the container's buffer, into which it fits as a whole. The container computes its length: if Jetty knew the
     * length beforehand, it would send the response at its last byte, and wait until the client takes it.
     */
    void buffer(boolean isHead) {
        isBuffered = true;
        this.isHead = isHead;
    }

    /** A response in the container's buffer needs nothing here: Jetty does the same before it sends the buffer. */
    @Override
    public void inputIsDone() {
        if (!isBuffered) {
            RequestBody.skip(requestBody.request());
        }
    }

    @Override
    public void commit(ResponseHead head) throws ClientException {
        if (response.isCommitted()) {
            if (requestBody.failure() != null) {
                throw requestBody.failure();
            }
            throw new IllegalStateException("the servlet response was committed before the application's own began:"
                    + " something wrote to jakarta.servlet.response, or a filter answered already");
        }
        limit.check(head);
        response.setStatus(head.code());
        for (Header header : head.headers()) {
            put(header, head);
        }
        if (!response.containsHeader("Server")) {
            response.setHeader("Server", "Gangway"); // W58; the containers add Date themselves
        }
    }

    private void put(Header header, ResponseHead head) {
        if (header.is("Content-Length")) {
            putContentLength(head);
        } else if (header.is("Content-Type")) {
            putContentType(unpadded(header.value()));
        } else if (header.is("Date") || header.is("Server")) {
            response.setHeader(header.name(), unpadded(header.value())); // Jetty has set them before (W58)
        } else {
            response.addHeader(header.name(), unpadded(header.value()));
        }
    }

    private void putContentLength(ResponseHead head) {
        boolean isFoundOut = isBuffered && !isHead && !head.isBodiless() && head.contentLength() > 0;
        if (!isFoundOut) {
            response.setContentLengthLong(head.contentLength());
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
        if (requestBody.request().getAttribute(GatewayServlet.CONTENT_TYPE_SETTER) instanceof Consumer<?> sender) {
            sendAsGiven(sender, value);
        }
    }

    /** W69: our own server can send the value as it is; Jetty's servlet layer would change its spelling. */
    @SuppressWarnings("unchecked") // as GatewayServlet.CONTENT_TYPE_SETTER says
    private static void sendAsGiven(Consumer<?> sender, String value) {
        ((Consumer<String>) sender).accept(value);
    }

    @Override
    public void write(byte[] data, int offset, int length, boolean flush) throws ClientException {
        try {
            if (output == null) {
                output = response.getOutputStream();
            }
            output.write(data, offset, length);
            if (flush && !isBuffered) {
                output.flush();
            }
        } catch (IOException e) {
            throw new ClientException("the client left before its response was complete", e);
        }
    }
}

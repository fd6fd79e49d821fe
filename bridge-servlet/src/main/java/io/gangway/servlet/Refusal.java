package io.gangway.servlet;

import io.gangway.exchange.ResponseHead;
import io.gangway.exchange.ServerAnswer;
import io.gangway.server.HostHeader;
import io.gangway.wsgi.Header;
import io.gangway.wsgi.NativeStrings;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Enumeration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The reason why a request reaches no application, although the container accepted it: its framing is faulty, two readers could
 * understand it differently, or the text that the client sent cannot be known any more.
 *
 * @param status the status that the client gets
 * @param reason one sentence that names the section which the request breaks
 * @param isLast whether the connection is closed after the answer, because it is not known where the next request begins
 */
record Refusal(Status status, String reason, boolean isLast) {
    /** The statuses of a refusal. */
    enum Status {
        BAD_REQUEST("400 Bad Request"),
        METHOD_NOT_ALLOWED("405 Method Not Allowed"),
        NOT_IMPLEMENTED("501 Not Implemented");

        private final String line;

        Status(String line) {
            this.line = line;
        }
    }

    /**
     * A header that may come once only, and on which applications, or proxies in front of them, rely (W21).
     *
     * @param name the name in its usual spelling
     * @param section the section that allows it once only
     */
    private record Singleton(String name, String section) {}

    private static final List<Singleton> SINGLETONS = List.of(
            new Singleton("Host", "RFC 9112, section 3.2"),
            new Singleton("Content-Type", "RFC 9110, section 8.3"),
            new Singleton("Content-Length", "RFC 9110, section 8.6"),
            new Singleton("Authorization", "RFC 9110, section 11.6.2"));

    /**
     * Finds the first fault of a request; null if it has none. Reads nothing of the body.
     *
     * @param isHandshake whether a WebSocket is to be opened, in HTTP/2 with CONNECT
     */
    static @Nullable Refusal of(HttpServletRequest request, boolean isHandshake) {
        if (request.getMethod().equals("CONNECT") && !isHandshake) {
            return new Refusal(
                    Status.METHOD_NOT_ALLOWED, "This server is not a proxy (RFC 9110, section 9.3.6).", true);
        }
        Refusal framing = ofTransferCodings(request);
        return framing != null ? framing : ofHead(request);
    }

    private static @Nullable Refusal ofHead(HttpServletRequest request) {
        for (Singleton header : SINGLETONS) {
            Enumeration<String> values = request.getHeaders(header.name());
            if (values.hasMoreElements()) {
                values.nextElement();
                if (values.hasMoreElements()) {
                    return badRequest("The header " + header.name() + " came twice (" + header.section() + ").");
                }
            }
        }
        String host = request.getHeader("Host");
        if (host != null && HostHeader.name(host).isEmpty()) {
            return badRequest("The header Host is neither a name nor an address (RFC 9112, section 3.2).");
        }
        String scheme = request.getScheme();
        if (!scheme.equalsIgnoreCase("http") && !scheme.equalsIgnoreCase("https")) {
            return badRequest("The target's scheme is neither http nor https (RFC 9110, section 7.4).");
        }
        String query = request.getQueryString();
        if (NativeStrings.isLost(request.getRequestURI()) || (query != null && NativeStrings.isLost(query))) {
            return badRequest("The target holds raw bytes that are not UTF-8; send them percent-encoded"
                    + " (RFC 9112, section 3.2).");
        }
        return null;
    }

    /**
     * RFC 9112, section 6.1, and RFC 9113, section 8.2.2. Jetty would hand the undecoded bytes of {@code gzip, chunked} on as the body
     * (W42); and a proxy that forwards HTTP/1.0 may have taken the chunks for the next request.
     */
    private static @Nullable Refusal ofTransferCodings(HttpServletRequest request) {
        Enumeration<String> codings = request.getHeaders("Transfer-Encoding");
        if (!codings.hasMoreElements()) {
            return null;
        }
        if (!request.getProtocol().equals("HTTP/1.1")) {
            return new Refusal(
                    Status.BAD_REQUEST,
                    "The header Transfer-Encoding is for HTTP/1.1 only (RFC 9112, section 6.1; RFC 9113, section 8.2.2).",
                    true);
        }
        while (codings.hasMoreElements()) {
            if (!codings.nextElement().trim().equalsIgnoreCase("chunked")) {
                return new Refusal(
                        Status.NOT_IMPLEMENTED,
                        "This server supports only the transfer coding chunked (RFC 9112, section 6.1).",
                        true);
            }
        }
        return null;
    }

    static Refusal badRequest(String reason) {
        return new Refusal(Status.BAD_REQUEST, reason, false);
    }

    /** Answers the request in place of the application. */
    void send(HttpServletResponse response) throws IOException {
        ServerAnswer answer = new ServerAnswer(status.line, reason + "\n", headers());
        ResponseHead head = answer.head();
        response.setStatus(head.code());
        for (Header header : head.headers()) {
            response.setHeader(header.name(), header.value());
        }
        if (isLast) {
            response.setHeader("Connection", "close");
        }
        response.getOutputStream().write(answer.body());
    }

    private List<Header> headers() {
        // RFC 9110, section 10.2.1: nothing is allowed on a tunnel's target
        return status == Status.METHOD_NOT_ALLOWED ? List.of(new Header("Allow", "")) : List.of();
    }
}

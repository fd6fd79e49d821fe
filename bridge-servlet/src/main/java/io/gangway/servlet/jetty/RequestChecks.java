package io.gangway.servlet.jetty;

import io.gangway.exchange.ServerAnswer;
import io.gangway.wsgi.Header;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpHeaderValue;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.http.HttpScheme;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.TunnelSupport;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * Refuses requests whose framing or target is wrong, but which Jetty would serve. Gives all other requests the connection's scheme. It
 * runs before all other handlers.
 *
 * <p>Thread-safe.
 */
final class RequestChecks extends Handler.Wrapper {
    /** Max digits of a Content-Length: every number with so many digits fits into a {@code long}. */
    private static final int MAX_LENGTH_DIGITS = 18;

    /** Header fields that HTTP/2 must not have (RFC 9113, section 8.2.2). */
    private static final Set<HttpHeader> CONNECTION_FIELDS = EnumSet.of(
            HttpHeader.TRANSFER_ENCODING,
            HttpHeader.CONNECTION,
            HttpHeader.KEEP_ALIVE,
            HttpHeader.PROXY_CONNECTION,
            HttpHeader.UPGRADE);

    private static final Set<HttpHeader> UNQUOTED = EnumSet.of(HttpHeader.HOST, HttpHeader.CONTENT_LENGTH);

    RequestChecks(Handler handler) {
        super(handler);
    }

    /**
     * Refuses a Host or Content-Length with a quotation mark. Jetty reads both as lists of quoted texts before it calls a handler, and answers 500 if the quotes are
     * wrong; neither may have any. A customizer, because these run before that.
     */
    static Request withoutQuotes(Request request, HttpFields.Mutable responseHeaders) {
        for (HttpField field : request.getHeaders()) {
            if (UNQUOTED.contains(field.getHeader())
                    && String.valueOf(field.getValue()).indexOf('"') >= 0) {
                throw new HttpException.RuntimeException(
                        HttpStatus.BAD_REQUEST_400, "The header " + field.getHeader() + " has a quotation mark");
            }
        }
        return request;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        Refusal refusal = refusal(request);
        if (refusal == null) {
            return super.handle(WebSocketUpgrade.of(WebSocketStream.of(asSent(request))), response, callback);
        }
        if (refusal.isConnectionLost() && version(request) != HttpVersion.HTTP_2) {
            response.getHeaders().put(HttpFields.CONNECTION_CLOSE);
        }
        JettyAnswers.send(refusal.answer(), response, callback);
        return true;
    }

    private static @Nullable Refusal refusal(Request request) {
        if (HttpMethod.CONNECT.is(request.getMethod()) && !WebSocketStream.isRequestedBy(request)) {
            return refusalOfTunnel(request);
        }
        if (hasWrongLength(request.getHeaders())) { // RFC 9110, section 8.6; Jetty checks it in HTTP/1.1 only
            return badRequest("Content-Length is not one number", true);
        }
        return version(request) == HttpVersion.HTTP_2 ? refusalOfHttp2(request) : refusalOfHttp1(request);
    }

    private static Refusal refusalOfTunnel(Request request) {
        TunnelSupport tunnel = request.getTunnelSupport();
        if (tunnel != null && tunnel.getProtocol() != null) { // RFC 9220, section 3
            String text = "This server opens WebSockets only.\n";
            return new Refusal(new ServerAnswer("501 Not Implemented", text, List.of()), false);
        }
        return new Refusal( // RFC 9110, section 9.3.6: this server is no proxy
                new ServerAnswer(
                        "405 Method Not Allowed",
                        "CONNECT is for proxies.\n",
                        List.of(new Header("Allow", ""))), // RFC 9110, section 10.2.1: its target allows no method
                true);
    }

    private static @Nullable Refusal refusalOfHttp2(Request request) {
        if (!Http2Target.isToken(request.getMethod())) { // Jetty checks the method and the target in HTTP/1.1 only
            return badRequest("The method is not a token", false); // RFC 9110, section 9.1
        }
        if (!Http2Target.isValid(request.getHttpURI())) {
            return badRequest("The path has blanks, control characters or bytes that are not UTF-8", false);
        }
        for (HttpField field : request.getHeaders()) {
            if (field.getHeader() != null && CONNECTION_FIELDS.contains(field.getHeader())) {
                return badRequest("HTTP/2 has no " + field.getHeader(), false);
            }
        }
        return null;
    }

    private static @Nullable Refusal refusalOfHttp1(Request request) {
        HttpFields headers = request.getHeaders();
        if (version(request) == HttpVersion.HTTP_1_0) {
            if (headers.contains(HttpHeader.TRANSFER_ENCODING)) { // RFC 9112, section 6.1: its framing is faulty
                return badRequest("HTTP/1.0 has no Transfer-Encoding", true);
            }
            // RFC 9110, section 10.1.1, says that a server ignores it. Jetty cannot be configured to do so: it would
            // send 100, which HTTP/1.0 does not have.
            if (headers.contains(HttpHeader.EXPECT, HttpHeaderValue.CONTINUE.asString())) {
                return new Refusal(
                        new ServerAnswer("417 Expectation Failed", "HTTP/1.0 has no 100 Continue" + ".\n", List.of()),
                        true);
            }
        }
        if (!scheme(request).is(request.getHttpURI().getScheme())) { // RFC 9110, section 7.4
            return badRequest("The target's scheme is not the connection's", true);
        }
        return null;
    }

    private static boolean hasWrongLength(HttpFields headers) {
        List<String> lengths = headers.getValuesList(HttpHeader.CONTENT_LENGTH);
        return lengths.size() > 1 || (lengths.size() == 1 && !isNumber(lengths.get(0)));
    }

    private static boolean isNumber(String text) {
        if (text.isEmpty() || text.length() > MAX_LENGTH_DIGITS) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return true;
    }

    /**
     * The client chooses HTTP/2's {@code :scheme}, and proxies pass it on, so it is replaced; {@code HTTP} becomes {@code http}. Raw bytes
     * in HTTP/2's {@code :path} are decoded as in HTTP/1.1.
     */
    private static Request asSent(Request request) {
        HttpScheme scheme = scheme(request);
        HttpURI uri = request.getHttpURI();
        HttpURI decoded = version(request) == HttpVersion.HTTP_2 ? Http2Target.decoded(uri) : uri;
        return decoded == uri && scheme.asString().equals(uri.getScheme())
                ? request
                : new WithTarget(request, decoded, scheme);
    }

    private static HttpScheme scheme(Request request) {
        return request.getConnectionMetaData().isSecure() ? HttpScheme.HTTPS : HttpScheme.HTTP;
    }

    private static HttpVersion version(Request request) {
        return request.getConnectionMetaData().getHttpVersion();
    }

    private static Refusal badRequest(String reason, boolean isConnectionLost) {
        return new Refusal(new ServerAnswer("400 Bad Request", reason + ".\n", List.of()), isConnectionLost);
    }

    /**
     * An answer that the server gives in place of the application.
     *
     * @param isConnectionLost whether it is not known where the next request begins
     */
    private record Refusal(ServerAnswer answer, boolean isConnectionLost) {}

    private static final class WithTarget extends Request.Wrapper {
        private final HttpURI uri;

        WithTarget(Request request, HttpURI uri, HttpScheme scheme) {
            super(request);
            this.uri = HttpURI.build(uri).scheme(scheme);
        }

        @Override
        public HttpURI getHttpURI() {
            return uri;
        }

        @Override
        public boolean isSecure() {
            return getConnectionMetaData().isSecure();
        }
    }
}

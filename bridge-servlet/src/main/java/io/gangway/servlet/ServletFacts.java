package io.gangway.servlet;

import io.gangway.exchange.RequestFacts;
import io.gangway.server.IpAddress;
import io.gangway.wsgi.Header;
import io.gangway.wsgi.NativeStrings;
import jakarta.servlet.http.HttpServletRequest;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The facts about a servlet request (W10-W22). The body is not read. */
final class ServletFacts {
    private ServletFacts() {}

    /**
     * Reads a request.
     *
     * @param request from the container or from a filter's wrapper
     * @param path the request's path, split
     */
    static RequestFacts of(HttpServletRequest request, RequestPath path) {
        boolean isHttps = Authority.isHttps(request);
        String protocol = protocol(request);
        String query = request.getQueryString();
        String uri = request.getRequestURI();
        List<Header> headers = headers(request, protocol);
        int port = request.getRemotePort();
        return RequestFacts.of(RequestIds.next(), request.getMethod())
                .target(NativeStrings.ofText(query == null ? uri : uri + "?" + query))
                .path(path.scriptName(), path.pathInfo())
                .query(query == null ? "" : NativeStrings.ofText(query))
                .protocol(protocol)
                .scheme(isHttps ? "https" : "http")
                .server(Authority.serverName(request), Authority.serverPort(request))
                .client(clientAddress(request), port > 0 ? Integer.toString(port) : null)
                .overUnixSocket(request.getAttribute(GatewayServlet.UNIX_SOCKET) != null)
                .user(text(request.getRemoteUser()), authType(request))
                .headers(headers)
                .bodyLength(bodyLength(request, protocol))
                .tls(isHttps ? TlsVariables.of(request) : Map.of())
                .build();
    }

    /** The client's protocol, in the form that CGI and PEP 3333 give it; containers say {@code HTTP/2.0} (W15). */
    private static String protocol(HttpServletRequest request) {
        String protocol = request.getProtocol();
        return protocol.equals("HTTP/2.0") ? "HTTP/2" : protocol;
    }

    private static @Nullable String clientAddress(HttpServletRequest request) {
        String address = text(request.getRemoteAddr());
        return address == null ? null : IpAddress.normalized(address);
    }

    /** RFC 3875, section 4.1.1: an authentication scheme in its usual spelling; the Servlet API has constants in capitals. */
    private static @Nullable String authType(HttpServletRequest request) {
        String type = text(request.getAuthType());
        if (HttpServletRequest.BASIC_AUTH.equalsIgnoreCase(type)) {
            return "Basic";
        }
        return HttpServletRequest.DIGEST_AUTH.equalsIgnoreCase(type) ? "Digest" : type;
    }

    /** A value that is unknown or empty is an absent key (W18). */
    private static @Nullable String text(@Nullable String given) {
        return given == null || given.isEmpty() ? null : NativeStrings.ofText(given);
    }

    private static List<Header> headers(HttpServletRequest request, String protocol) {
        List<Header> headers = new ArrayList<>();
        boolean hasHost = false;
        for (Enumeration<String> names = request.getHeaderNames(); names.hasMoreElements(); ) {
            String name = names.nextElement();
            if (isPassedOn(name)) {
                hasHost |= name.equalsIgnoreCase("Host");
                for (Enumeration<String> values = request.getHeaders(name); values.hasMoreElements(); ) {
                    headers.add(new Header(name, NativeStrings.ofHeader(values.nextElement())));
                }
            }
        }
        if (!hasHost && protocol.equals("HTTP/2")) {
            headers.add(new Header("Host", Authority.ofHttp2(request)));
        }
        return headers;
    }

    /**
     * W17: a name with an underscore would look like the name with a dash, and {@code HTTP_PROXY} would set the proxy of the application's own HTTP
     * clients (CVE-2016-5385 and others). The transfer coding is decoded (W42).
     */
    private static boolean isPassedOn(String name) {
        return name.indexOf('_') < 0 && !name.equalsIgnoreCase("Proxy") && !name.equalsIgnoreCase("Transfer-Encoding");
    }

    /** RFC 9112, section 6.3; HTTP/2 marks the end of a body with a flag, and needs neither a length nor chunks (RFC 9113, section 8.1). */
    private static long bodyLength(HttpServletRequest request, String protocol) {
        if (isChunked(request)) {
            return RequestFacts.UNKNOWN_LENGTH;
        }
        long length = request.getContentLengthLong();
        boolean isWithoutBody = length < 0 && protocol.startsWith("HTTP/1.");
        return isWithoutBody ? 0 : length;
    }

    /** Whether the body is in the only transfer coding that is accepted. */
    static boolean isChunked(HttpServletRequest request) {
        return request.getHeader("Transfer-Encoding") != null;
    }
}

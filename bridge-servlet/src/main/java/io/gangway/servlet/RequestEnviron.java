package io.gangway.servlet;

import static io.gangway.wsgi.Environ.WSGI_URL_SCHEME;

import io.gangway.server.IpAddress;
import io.gangway.server.ServerSoftware;
import io.gangway.wsgi.Environ;
import io.gangway.wsgi.Environ.WsgiVersion;
import io.gangway.wsgi.FileWrapper;
import io.gangway.wsgi.NativeStrings;
import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A servlet request as an environ (W10-W39), read key by key as the application asks for it; the body is not read here.
 *
 * <p>To copy everything first would cost more time than a small application needs: servlet containers search all headers to find one.
 */
final class RequestEnviron implements Environ.Source {
    /** The request: an {@link HttpServletRequest}. */
    static final String SERVLET_REQUEST = "jakarta.servlet.request";
    /** The response: an {@link HttpServletResponse}. */
    static final String SERVLET_RESPONSE = "jakarta.servlet.response";
    /** The web application: a {@link ServletContext}. */
    static final String SERVLET_CONTEXT = "jakarta.servlet.context";

    private static final FileWrapper.Factory FILE_WRAPPER = FileWrapper::new;

    /** The keys that a request may have besides its headers. TLS variables are stored instead, because few requests have them. */
    private static final List<String> KEYS = List.of(
            Environ.REQUEST_METHOD,
            Environ.SCRIPT_NAME,
            Environ.PATH_INFO,
            Environ.QUERY_STRING,
            Environ.SERVER_NAME,
            Environ.SERVER_PORT,
            Environ.SERVER_PROTOCOL,
            Environ.SERVER_SOFTWARE,
            Environ.RAW_URI,
            Environ.REQUEST_URI,
            Environ.REMOTE_ADDR,
            Environ.REMOTE_PORT,
            Environ.REMOTE_USER,
            Environ.AUTH_TYPE,
            Environ.HTTP_HOST,
            Environ.WSGI_URL_SCHEME,
            Environ.WSGI_VERSION,
            Environ.WSGI_INPUT,
            Environ.WSGI_ERRORS,
            Environ.WSGI_MULTITHREAD,
            Environ.WSGI_MULTIPROCESS,
            Environ.WSGI_RUN_ONCE,
            Environ.WSGI_INPUT_TERMINATED,
            Environ.WSGI_FILE_WRAPPER,
            Environ.REQUEST_ID,
            SERVLET_REQUEST,
            SERVLET_RESPONSE,
            SERVLET_CONTEXT);

    private final HttpServletRequest request;
    private final HttpServletResponse response;
    private final RequestPath path;
    private final RequestBody body;
    private final Concurrency concurrency;
    private final String requestId = RequestIds.next();
    private @Nullable PrintWriter errors;
    private boolean ended;

    /**
     * Prepares to translate a request.
     *
     * @param request the request, from the container or from a filter's wrapper
     * @param response the response, handed on under its key
     * @param path the request's path, already split
     * @param body the body for the application to read
     * @param concurrency the values of W34 and W35
     */
    RequestEnviron(
            HttpServletRequest request,
            HttpServletResponse response,
            RequestPath path,
            RequestBody body,
            Concurrency concurrency) {
        this.request = request;
        this.response = response;
        this.path = path;
        this.body = body;
        this.concurrency = concurrency;
    }

    /** The environ that reads from this object. */
    Environ environ() {
        Environ environ = new Environ(this);
        if (Authority.isHttps(request)) {
            TlsVariables.put(environ, request);
        }
        return environ;
    }

    String requestId() {
        return requestId;
    }

    /** Ends the reading: containers use the request object again, for another request. */
    void end() {
        ended = true;
    }

    @Override
    public @Nullable Object value(String key) {
        checkNotEnded();
        return switch (key) {
            case Environ.REQUEST_METHOD -> request.getMethod();
            case Environ.SCRIPT_NAME -> path.scriptName();
            case Environ.PATH_INFO -> path.pathInfo();
            case Environ.QUERY_STRING -> query();
            case Environ.SERVER_NAME -> Authority.serverName(request);
            case Environ.SERVER_PORT -> Authority.serverPort(request);
            case Environ.SERVER_PROTOCOL -> protocol();
            case Environ.SERVER_SOFTWARE -> ServerSoftware.NAME;
            case Environ.RAW_URI, Environ.REQUEST_URI -> target();
            case Environ.REMOTE_ADDR -> remoteAddress();
            case Environ.REMOTE_PORT -> request.getRemotePort() > 0 ? Integer.toString(request.getRemotePort()) : null;
            case Environ.REMOTE_USER -> text(request.getRemoteUser());
            case Environ.AUTH_TYPE -> authType();
            case Environ.HTTP_HOST -> host();
            case WSGI_URL_SCHEME -> Authority.isHttps(request) ? "https" : "http";
            case Environ.WSGI_VERSION -> WsgiVersion.CURRENT;
            case Environ.WSGI_INPUT -> body;
            case Environ.WSGI_ERRORS -> errors();
            case Environ.WSGI_MULTITHREAD -> concurrency.multithread();
            case Environ.WSGI_MULTIPROCESS -> concurrency.multiprocess();
            case Environ.WSGI_RUN_ONCE -> false;
            case Environ.WSGI_INPUT_TERMINATED -> true;
            case Environ.WSGI_FILE_WRAPPER -> FILE_WRAPPER;
            case Environ.REQUEST_ID -> requestId;
            case SERVLET_REQUEST -> request;
            case SERVLET_RESPONSE -> response;
            case SERVLET_CONTEXT -> request.getServletContext();
            default -> header(key);
        };
    }

    @Override
    public Iterable<String> keys() {
        checkNotEnded();
        List<String> keys = new ArrayList<>(KEYS);
        for (Enumeration<String> names = request.getHeaderNames(); names.hasMoreElements(); ) {
            String key = HeaderKeys.of(names.nextElement());
            if (key != null && !key.equals(Environ.HTTP_HOST)) {
                keys.add(key);
            }
        }
        return keys;
    }

    private void checkNotEnded() {
        if (ended) {
            throw new IllegalStateException("this environ's request has ended: copy what is needed of it,"
                    + " or all of it with new Environ(environ), while the application runs");
        }
    }

    private PrintWriter errors() {
        if (errors == null) {
            errors = ErrorStream.of(requestId);
        }
        return errors;
    }

    private String query() {
        String query = request.getQueryString();
        return query == null ? "" : NativeStrings.ofText(query);
    }

    private String target() {
        String query = request.getQueryString();
        String path = request.getRequestURI();
        return NativeStrings.ofText(query == null ? path : path + "?" + query);
    }

    private @Nullable String remoteAddress() {
        String address = text(request.getRemoteAddr());
        return address == null ? null : IpAddress.normalized(address);
    }

    /** RFC 3875, section 4.1.1: an authentication scheme in its usual spelling; the Servlet API has constants in capitals. */
    private @Nullable String authType() {
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

    private @Nullable String header(String key) {
        String name = HeaderKeys.nameOf(key);
        return name == null ? null : joined(name);
    }

    private @Nullable String host() {
        String host = joined("Host");
        return host == null && protocol().equals("HTTP/2") ? Authority.ofHttp2(request) : host;
    }

    /** W16: RFC 9110, section 5.3, and for cookies RFC 9113, section 8.2.3. */
    private @Nullable String joined(String name) {
        Enumeration<String> values = request.getHeaders(name);
        if (!values.hasMoreElements()) {
            return null;
        }
        String first = NativeStrings.ofHeader(values.nextElement());
        if (!values.hasMoreElements()) {
            return first;
        }
        String separator = name.equalsIgnoreCase("Cookie") ? "; " : ",";
        StringBuilder joined = new StringBuilder(first);
        for (Iterator<String> rest = values.asIterator(); rest.hasNext(); ) {
            joined.append(separator).append(NativeStrings.ofHeader(rest.next()));
        }
        return joined.toString();
    }

    /** The client's protocol, in the form that CGI and PEP 3333 give it; containers say {@code HTTP/2.0} (W15). */
    private String protocol() {
        String protocol = request.getProtocol();
        return protocol.equals("HTTP/2.0") ? "HTTP/2" : protocol;
    }

    /**
     * Whether the same application may be called elsewhere at the same time.
     *
     * @param multithread whether another thread may call it (W34)
     * @param multiprocess whether another process may call it (W35)
     */
    record Concurrency(boolean multithread, boolean multiprocess) {}
}

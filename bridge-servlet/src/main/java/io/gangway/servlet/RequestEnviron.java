package io.gangway.servlet;

import static io.gangway.wsgi.Environ.WSGI_URL_SCHEME;

import io.gangway.wsgi.Environ;
import io.gangway.wsgi.Environ.WsgiVersion;
import io.gangway.wsgi.FileWrapper;
import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Enumeration;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/** Makes an environ of a servlet request (W10-W39); reads nothing of its body. */
final class RequestEnviron {
    /** The request: an {@link HttpServletRequest}. */
    static final String SERVLET_REQUEST = "jakarta.servlet.request";
    /** The response: an {@link HttpServletResponse}. */
    static final String SERVLET_RESPONSE = "jakarta.servlet.response";
    /** The web application: a {@link ServletContext}. */
    static final String SERVLET_CONTEXT = "jakarta.servlet.context";

    private static final FileWrapper.Factory FILE_WRAPPER = FileWrapper::new;

    private RequestEnviron() {}

    /**
     * Translates a request.
     *
     * @param request as the container, or a filter's wrapper, shows it
     * @param response handed on under its key
     * @param path split before
     * @param body what the application is to read
     * @param concurrency what W34 and W35 are to say
     */
    static Environ of(
            HttpServletRequest request,
            HttpServletResponse response,
            RequestPath path,
            RequestBody body,
            Concurrency concurrency) {
        Environ environ = new Environ();
        environ.put(Environ.REQUEST_METHOD, request.getMethod());
        environ.put(Environ.SCRIPT_NAME, path.scriptName());
        environ.put(Environ.PATH_INFO, path.pathInfo());
        environ.put(Environ.QUERY_STRING, orEmpty(request.getQueryString()));
        environ.put(Environ.SERVER_NAME, request.getServerName());
        environ.put(Environ.SERVER_PORT, Integer.toString(request.getServerPort()));
        environ.put(Environ.SERVER_PROTOCOL, protocol(request.getProtocol()));
        putHeaders(environ, request);
        putClient(environ, request);
        environ.put(WSGI_URL_SCHEME, request.getScheme());
        if (request.isSecure()) {
            TlsVariables.put(environ, request);
        }

        String requestId = RequestIds.next();
        environ.put(Environ.WSGI_VERSION, WsgiVersion.CURRENT);
        environ.put(Environ.WSGI_INPUT, body);
        environ.put(Environ.WSGI_ERRORS, ErrorStream.of(requestId));
        environ.put(Environ.WSGI_MULTITHREAD, concurrency.multithread());
        environ.put(Environ.WSGI_MULTIPROCESS, concurrency.multiprocess());
        environ.put(Environ.WSGI_RUN_ONCE, false);
        environ.put(Environ.WSGI_INPUT_TERMINATED, true);
        environ.put(Environ.WSGI_FILE_WRAPPER, FILE_WRAPPER);
        environ.put(Environ.REQUEST_ID, requestId);
        environ.put(SERVLET_REQUEST, request);
        environ.put(SERVLET_RESPONSE, response);
        environ.put(SERVLET_CONTEXT, request.getServletContext());
        return environ;
    }

    /**
     * What the environ says about other calls of the same application.
     *
     * @param multithread whether another thread may be calling it (W34)
     * @param multiprocess whether another process may be (W35)
     */
    record Concurrency(boolean multithread, boolean multiprocess) {}

    /** The client's protocol, in the form that CGI and PEP 3333 give it; containers say {@code HTTP/2.0} (W15). */
    private static String protocol(String protocol) {
        return protocol.equals("HTTP/2.0") ? "HTTP/2" : protocol;
    }

    private static void putHeaders(Environ environ, HttpServletRequest request) {
        for (Enumeration<String> names = request.getHeaderNames(); names.hasMoreElements(); ) {
            String name = names.nextElement();
            String key = HeaderKeys.of(name);
            if (key != null) {
                environ.put(key, joined(key, request.getHeaders(name)));
            }
        }
        // HTTP/2 says :authority where HTTP/1.1 says Host; applications look for the latter (RFC 9113, section 8.3.1).
        if (!environ.containsKey(Environ.HTTP_HOST)
                && environ.string(Environ.SERVER_PROTOCOL).equals("HTTP/2")) {
            environ.put(Environ.HTTP_HOST, authority(request));
        }
    }

    /** W16: RFC 9110, section 5.3, and for cookies RFC 9113, section 8.2.3. */
    private static String joined(String key, Enumeration<String> values) {
        String first = values.hasMoreElements() ? values.nextElement() : "";
        if (!values.hasMoreElements()) {
            return first;
        }
        String separator = key.equals("HTTP_COOKIE") ? "; " : ",";
        StringBuilder joined = new StringBuilder(first);
        for (Iterator<String> rest = values.asIterator(); rest.hasNext(); ) {
            joined.append(separator).append(rest.next());
        }
        return joined.toString();
    }

    private static String authority(HttpServletRequest request) {
        int port = request.getServerPort();
        boolean usual = port == (request.isSecure() ? 443 : 80);
        return usual ? request.getServerName() : request.getServerName() + ":" + port;
    }

    private static void putClient(Environ environ, HttpServletRequest request) {
        putIfKnown(environ, Environ.REMOTE_ADDR, request.getRemoteAddr());
        if (request.getRemotePort() > 0) {
            environ.put(Environ.REMOTE_PORT, Integer.toString(request.getRemotePort()));
        }
        putIfKnown(environ, Environ.REMOTE_USER, request.getRemoteUser());
        putIfKnown(environ, Environ.AUTH_TYPE, request.getAuthType());
    }

    private static void putIfKnown(Environ environ, String key, @Nullable String value) {
        if (value != null) {
            environ.put(key, value);
        }
    }

    private static String orEmpty(@Nullable String value) {
        return value == null ? "" : value;
    }
}

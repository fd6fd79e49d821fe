package io.gangway.servlet.jetty;

import org.eclipse.jetty.http.HttpCompliance;
import org.eclipse.jetty.http.HttpCompliance.Violation;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.HostPort;

/**
 * Makes the target's authority the request's host, even if the header Host differs: the authority of an absolute target in HTTP/1.1
 * (RFC 9112, section 3.2.2), and {@code :authority} in HTTP/2 (RFC 9113, section 8.3.1).
 *
 * <p>Thread-safe.
 */
final class TargetAuthority extends Handler.Wrapper {
    /**
     * Jetty must accept for this a Host that differs, and one with an empty port, which RFC 9110, section 7.2, allows. The syntax of the
     * header is checked later, with the other fields of the request's head, before the application is called.
     */
    static final HttpCompliance COMPLIANCE =
            HttpCompliance.RFC9110.with("gangway", Violation.MISMATCHED_AUTHORITY, Violation.UNSAFE_HOST_HEADER);

    TargetAuthority(Handler handler) {
        super(handler);
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        String host = request.getHeaders().get(HttpHeader.HOST);
        HttpURI uri = request.getHttpURI();
        boolean differs = host != null && uri.hasAuthority() && !host.equals(uri.getAuthority()) && !isSame(host, uri);
        return super.handle(differs ? new WithHost(request, uri.getAuthority()) : request, response, callback);
    }

    /** Jetty leaves the scheme's default port out when it writes an authority. */
    private static boolean isSame(String host, HttpURI uri) {
        HostPort header = HostPort.unsafe(host);
        int usual = "https".equals(uri.getScheme()) ? 443 : 80;
        return header.getHost().equalsIgnoreCase(uri.getHost())
                && header.getPort(usual) == (uri.getPort() > 0 ? uri.getPort() : usual);
    }

    private static final class WithHost extends Request.Wrapper {
        private final HttpFields headers;

        WithHost(Request request, String authority) {
            super(request);
            headers = HttpFields.build(request.getHeaders())
                    .put(HttpHeader.HOST, authority)
                    .asImmutable();
        }

        @Override
        public HttpFields getHeaders() {
            return headers;
        }
    }
}

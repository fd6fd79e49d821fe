package io.gangway.servlet;

import io.gangway.server.IpAddress;
import io.gangway.wsgi.NativeStrings;
import jakarta.servlet.http.HttpServletRequest;

/** The server that a request is for: its scheme, name and port (W15, W31). */
final class Authority {
    private static final int HTTP_PORT = 80;
    private static final int HTTPS_PORT = 443;

    private Authority() {}

    /**
     * Whether the request came over TLS, or the container's configuration says so: a valve or filter that trusts a proxy makes the
     * request secure, and a Tomcat connector behind a proxy may be given the scheme alone.
     */
    static boolean isHttps(HttpServletRequest request) {
        return request.isSecure() || "https".equalsIgnoreCase(request.getScheme());
    }

    /**
     * RFC 3875, section 4.1.14: a name, or an address, in brackets if it is IPv6. Never empty: if a client names no host, it is the local
     * address of the connection.
     */
    static String serverName(HttpServletRequest request) {
        String name = request.getServerName();
        if (name == null || name.isEmpty()) { // Tomcat: an empty Host
            name = request.getLocalAddr();
        }
        if (name.indexOf(':') < 0) {
            return NativeStrings.ofText(name);
        }
        String address = IpAddress.normalized(name);
        boolean isIpv6 = address.indexOf(':') >= 0 && !address.startsWith("[");
        return isIpv6 ? "[" + address + "]" : name;
    }

    /** The port, in digits. For {@code Host: example.com:} Tomcat gives 0, which stands for the scheme's default port. */
    static String serverPort(HttpServletRequest request) {
        int port = request.getServerPort();
        return Integer.toString(port > 0 ? port : usualPort(request));
    }

    /** HTTP/2 sends :authority where HTTP/1.1 sends Host; applications look for Host (RFC 9113, section 8.3.1). */
    static String ofHttp2(HttpServletRequest request) {
        int port = request.getServerPort();
        String name = serverName(request);
        return port <= 0 || port == usualPort(request) ? name : name + ":" + port;
    }

    private static int usualPort(HttpServletRequest request) {
        return isHttps(request) ? HTTPS_PORT : HTTP_PORT;
    }
}

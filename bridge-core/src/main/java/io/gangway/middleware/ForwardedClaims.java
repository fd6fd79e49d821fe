package io.gangway.middleware;

import io.gangway.wsgi.Environ;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What trusted proxies say about a request, all of it checked; null where they say nothing.
 *
 * @param client who sent the request; hidden if no proxy says it in words that can be read
 * @param scheme {@code http} or {@code https}
 * @param host what the client asked for
 * @param port the port that the client asked for, in digits
 * @param prefix the path under which the proxy offers us: empty, or slashes before unreserved characters
 */
record ForwardedClaims(
        @Nullable ForwardedNode client,
        @Nullable String scheme,
        @Nullable HostAndPort host,
        @Nullable String port,
        @Nullable String prefix) {
    /** Before the name of a changed key in lower case: what stood there when the request arrived. */
    static final String ORIGINAL = "gangway.proxy.";

    private static final String HTTPS = "HTTPS";
    private static final String REMOTE_HOST = "REMOTE_HOST";

    /** Makes an environ agree with the claims, and keeps what it replaces. */
    void apply(Environ environ) {
        if (client != null) {
            // W18: no key where it is not known. The proxy's address would open what is open to its network.
            replace(environ, Environ.REMOTE_ADDR, client.address() == null ? null : client.text());
            replace(environ, Environ.REMOTE_PORT, client.port());
            replace(environ, REMOTE_HOST, null);
        }
        if (scheme != null || host != null || port != null) {
            applyOrigin(environ);
        }
        if (prefix != null) {
            replace(environ, Environ.SCRIPT_NAME, prefix + environ.scriptName());
        }
    }

    private void applyOrigin(Environ environ) {
        String newScheme = scheme != null ? scheme : environ.scheme();
        String defaultPort = newScheme.equals("https") ? "443" : "80";
        Optional<HostAndPort> newHost =
                host != null ? Optional.of(host) : environ.header("Host").flatMap(HostAndPort::parse);
        String newPort = port != null ? port : newHost.map(HostAndPort::port).orElse(defaultPort);

        replace(environ, Environ.WSGI_URL_SCHEME, newScheme);
        replace(environ, HTTPS, newScheme.equals("https") ? "on" : null); // W19
        replace(environ, Environ.SERVER_PORT, newPort);
        if (host != null) {
            replace(environ, Environ.SERVER_NAME, host.name());
        }
        if (newHost.isPresent() && (host != null || port != null)) {
            String name = newHost.get().name();
            replace(environ, Environ.HTTP_HOST, newPort.equals(defaultPort) ? name : name + ":" + newPort);
        }
    }

    private static void replace(Environ environ, String key, @Nullable String value) {
        Object old = value == null ? environ.remove(key) : environ.put(key, value);
        if (old != null && !old.equals(value)) {
            // The first of two nested middleware has seen the real one.
            environ.putIfAbsent(ORIGINAL + key.replace("wsgi.", "").toLowerCase(Locale.ROOT), old);
        }
    }
}

package io.gangway.middleware;

import io.gangway.wsgi.Environ;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The values that trusted proxies give for a request, all of them checked; null where they give none.
 *
 * @param client the sender of the request; {@link ForwardedNode#HIDDEN} if no proxy names it in a form that can be parsed
 * @param scheme {@code http} or {@code https}
 * @param host the host that the client asked for
 * @param port the port that the client asked for, in digits
 * @param prefix the path under which the proxy offers this server: empty, or segments of unreserved characters, each after a slash
 */
record ForwardedClaims(
        @Nullable ForwardedNode client,
        @Nullable String scheme,
        @Nullable HostAndPort host,
        @Nullable String port,
        @Nullable String prefix) {
    /** With the name of a changed key in lower case, the key of the value that the request arrived with. */
    static final String ORIGINAL = "gangway.proxy.";

    private static final String HTTPS = "HTTPS";
    private static final String REMOTE_HOST = "REMOTE_HOST";

    /** Writes the claims into an environ, and keeps the replaced values under other keys. */
    void apply(Environ environ) {
        if (client != null) {
            // W18: no key if the client is not known. With the proxy's address, the client would get the rights of its
            // network.
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
            // Of two nested middleware, the outer one has stored the real value.
            environ.putIfAbsent(ORIGINAL + key.replace("wsgi.", "").toLowerCase(Locale.ROOT), old);
        }
    }
}

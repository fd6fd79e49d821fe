package io.gangway.middleware;

import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.toUnmodifiableMap;

import io.gangway.exchange.RequestFacts;
import io.gangway.wsgi.Environ;
import io.gangway.wsgi.Header;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
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

    /** The keys of the replaced values, by the keys that are replaced. */
    private static final Map<String, String> ORIGINALS = Stream.of(
                    Environ.REMOTE_ADDR,
                    Environ.REMOTE_PORT,
                    REMOTE_HOST,
                    Environ.WSGI_URL_SCHEME,
                    HTTPS,
                    Environ.SERVER_PORT,
                    Environ.SERVER_NAME,
                    Environ.HTTP_HOST,
                    Environ.SCRIPT_NAME)
            .collect(toUnmodifiableMap(
                    key -> key, key -> ORIGINAL + key.replace("wsgi.", "").toLowerCase(Locale.ROOT)));

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
        Origin origin = origin(environ.scheme(), environ.header("Host"));
        replace(environ, Environ.WSGI_URL_SCHEME, origin.scheme());
        replace(environ, HTTPS, origin.scheme().equals("https") ? "on" : null); // W19
        replace(environ, Environ.SERVER_PORT, origin.port());
        if (host != null) {
            replace(environ, Environ.SERVER_NAME, host.name());
        }
        if (origin.header() != null) {
            replace(environ, Environ.HTTP_HOST, origin.header());
        }
    }

    /** The facts with these claims; the replaced values are additions of the environ. */
    RequestFacts applied(RequestFacts facts) {
        RequestFacts.Builder changed = facts.change();
        Map<String, String> replaced = new HashMap<>();
        if (client != null) {
            String address = client.address() == null ? null : client.text();
            keep(replaced, Environ.REMOTE_ADDR, facts.clientAddress(), address);
            keep(replaced, Environ.REMOTE_PORT, facts.clientPort(), client.port());
            keep(replaced, REMOTE_HOST, Optional.ofNullable(facts.additions().get(REMOTE_HOST)), null);
            changed.client(address, client.port()).removeAddition(REMOTE_HOST); // W18
        }
        if (scheme != null || host != null || port != null) {
            Origin origin = origin(facts.scheme(), facts.header("Host"));
            keep(replaced, Environ.WSGI_URL_SCHEME, Optional.of(facts.scheme()), origin.scheme());
            keep(replaced, Environ.SERVER_PORT, Optional.of(facts.serverPort()), origin.port());
            String name = host == null ? facts.serverName() : host.name();
            keep(replaced, Environ.SERVER_NAME, Optional.of(facts.serverName()), name);
            changed.scheme(origin.scheme()).server(name, origin.port());
            if (origin.header() != null) {
                keep(replaced, Environ.HTTP_HOST, facts.header("Host"), origin.header());
                changed.replace(new Header("Host", origin.header()));
            }
        }
        if (prefix != null) {
            keep(replaced, Environ.SCRIPT_NAME, Optional.of(facts.mount()), prefix + facts.mount());
            changed.path(prefix + facts.mount(), facts.path());
        }
        return replaced.isEmpty() ? changed.build() : changed.add(replaced).build();
    }

    private static void keep(
            Map<String, String> replaced, String key, Optional<String> before, @Nullable String after) {
        if (before.isPresent() && !before.get().equals(after)) {
            replaced.put(original(key), before.get());
        }
    }

    /**
     * Scheme, port and Host as the proxies say, so that they agree.
     *
     * @param header the value of Host; null if it stays
     */
    private record Origin(
            String scheme, String port, @Nullable String header) {}

    private Origin origin(String givenScheme, Optional<String> givenHost) {
        String newScheme = scheme != null ? scheme : givenScheme;
        String defaultPort = newScheme.equals("https") ? "443" : "80";
        Optional<HostAndPort> newHost = host != null ? Optional.of(host) : givenHost.flatMap(HostAndPort::parse);
        String newPort = port != null ? port : newHost.map(HostAndPort::port).orElse(defaultPort);
        String header = null;
        if (newHost.isPresent() && (host != null || port != null)) {
            String name = newHost.get().name();
            header = newPort.equals(defaultPort) ? name : name + ":" + newPort;
        }
        return new Origin(newScheme, newPort, header);
    }

    private static String original(String key) {
        return requireNonNull(ORIGINALS.get(key), key);
    }

    private static void replace(Environ environ, String key, @Nullable String value) {
        Object old = value == null ? environ.remove(key) : environ.put(key, value);
        if (old != null && !old.equals(value)) {
            // Of two nested middleware, the outer one has stored the real value.
            environ.putIfAbsent(original(key), old);
        }
    }
}

package io.gangway.middleware;

import io.gangway.wsgi.Environ;
import io.gangway.wsgi.GatewayApplication;
import io.gangway.wsgi.Middleware;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Lets trusted reverse proxies say who the client is and which URL it asked for (W71).
 *
 * <pre>{@code
 * Middleware proxies = TrustedProxies.xForwarded(Set.of(Field.FOR, Field.PROTO), "10.0.0.0/8", "::1");
 * }</pre>
 *
 * <p><b>Who is believed.</b> Only a connection whose REMOTE_ADDR lies in the given networks; from anyone else the headers have
 * no effect. Addresses are compared as literals: nothing is looked up.
 *
 * <p><b>What is believed.</b> One style, chosen here: either the {@code X-Forwarded-*} headers named here, or
 * {@code Forwarded}. A header that the proxy does not write itself comes from the client through it, so the other style and
 * all fields not named are ignored.
 *
 * <p><b>How far.</b> {@code X-Forwarded-For} and {@code Forwarded} are walked from the right as long as the entries are
 * trusted proxies; the first that is not is the client. What stands further left is the client's own and is not even
 * parsed. An entry that hides its address ({@code unknown}, {@code _name}) ends the walk: the address stays the nearest one
 * known. Scheme and host come from the last {@code Forwarded} element reached; from {@code X-Forwarded-Proto},
 * {@code -Host}, {@code -Port} and {@code -Prefix} the rightmost value counts, which is the nearest proxy's.
 *
 * <p><b>What is set.</b> REMOTE_ADDR and REMOTE_PORT (removed if not told); {@code wsgi.url_scheme}, {@code HTTPS},
 * HTTP_HOST, SERVER_NAME and SERVER_PORT so that they agree; SCRIPT_NAME. A malformed value anywhere on the way makes all of it
 * ignored: nothing is half applied. The environ is changed in place, for what stands outside to see too; what was replaced
 * stays under {@code gangway.proxy.} and the key's name in lower case, such as {@code gangway.proxy.remote_addr} and
 * {@code gangway.proxy.url_scheme}.
 *
 * <p>Immutable and thread-safe.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc7239">RFC 7239, Forwarded HTTP Extension</a>
 */
public final class TrustedProxies implements Middleware {
    /** The {@code X-Forwarded-*} headers that a proxy may write. */
    public enum Field {
        /** {@code X-Forwarded-For}: each proxy appends the address that it was called from. */
        FOR,
        /** {@code X-Forwarded-Proto}: {@code http} or {@code https}. */
        PROTO,
        /** {@code X-Forwarded-Host}: the host that the client asked for, with or without port. */
        HOST,
        /** {@code X-Forwarded-Port}: the port that the client asked for; wins over the host's. */
        PORT,
        /** {@code X-Forwarded-Prefix}: the path that the proxy took away; put before SCRIPT_NAME. */
        PREFIX
    }

    /** Unreserved characters alone: a prefix ends up in links, and two slashes at its start would name another host. */
    private static final Pattern PREFIX = Pattern.compile("(?:/(?!\\.\\.?(?:/|$))[A-Za-z0-9._~-]+)*/?");

    /** Characters in a prefix; a path that is longer leaves servers no room for the rest. */
    private static final int MAX_PREFIX = 1024;

    private final Networks networks;
    /** Null for the style of RFC 7239. */
    private final @Nullable Set<Field> fields;

    private TrustedProxies(List<String> networks, @Nullable Set<Field> fields) {
        if (networks.isEmpty()) {
            throw new IllegalArgumentException(
                    "expected at least one network to trust, such as 10.0.0.0/8; found none. Leave the middleware out where"
                            + " there is no proxy");
        }
        this.networks = Networks.of(networks);
        this.fields = fields;
    }

    /**
     * Believes some of the {@code X-Forwarded-*} headers.
     *
     * @param fields those that the proxies set or overwrite on every request, and no others
     * @param networks the proxies' addresses and CIDR blocks, such as {@code 10.0.0.0/8} or {@code ::1}
     * @return the middleware
     * @throws IllegalArgumentException if there is no field or no network, or one is malformed
     */
    public static TrustedProxies xForwarded(Set<Field> fields, String... networks) {
        if (fields.isEmpty()) {
            throw new IllegalArgumentException(
                    "expected the fields that the proxies set, such as FOR and PROTO; found none");
        }
        return new TrustedProxies(List.of(networks), Set.copyOf(fields));
    }

    /**
     * Believes the {@code Forwarded} header of RFC 7239.
     *
     * @param networks the proxies' addresses and CIDR blocks, such as {@code 10.0.0.0/8} or {@code ::1}
     * @return the middleware
     * @throws IllegalArgumentException if there is no network, or one is malformed
     */
    public static TrustedProxies forwarded(String... networks) {
        return new TrustedProxies(List.of(networks), null);
    }

    @Override
    public GatewayApplication wrap(GatewayApplication application) {
        return (environ, startResponse) -> {
            if (environ.get(Environ.REMOTE_ADDR) instanceof String peer && networks.contains(peer)) {
                claims(environ).ifPresent(claims -> claims.apply(environ));
            }
            return application.call(environ, startResponse);
        };
    }

    /** Where the connection came from, whatever this middleware made of it; empty if that is not known. */
    static String peer(Environ environ) {
        Object original = environ.get(ForwardedClaims.ORIGINAL + "remote_addr");
        Object address = original != null ? original : environ.get(Environ.REMOTE_ADDR);
        return address instanceof String text ? text : "";
    }

    private Optional<ForwardedClaims> claims(Environ environ) {
        try {
            return Optional.of(fields == null ? fromForwarded(environ) : fromXForwarded(environ, fields));
        } catch (MalformedException e) {
            return Optional.empty();
        }
    }

    private ForwardedClaims fromForwarded(Environ environ) throws MalformedException {
        ForwardedElements elements =
                new ForwardedElements(environ.header("Forwarded").orElse(""));
        Map<String, String> reached = Map.of();
        ForwardedNode client = null;
        boolean trusted = true;
        for (String element = elements.previous(); trusted && element != null; element = elements.previous()) {
            reached = ForwardedElements.pairs(element).orElseThrow(MalformedException::new);
            ForwardedNode node = reached.containsKey("for") ? node(reached.get("for")) : null;
            client = node == null || node.address() == null ? client : node;
            trusted = isTrusted(node);
        }
        return new ForwardedClaims(client, scheme(reached.get("proto")), host(reached.get("host")), null, null);
    }

    private ForwardedClaims fromXForwarded(Environ environ, Set<Field> believed) throws MalformedException {
        String port = believed.contains(Field.PORT) ? rightmost(environ, "X-Forwarded-Port") : null;
        if (port != null && !HostAndPort.isPort(port)) {
            throw new MalformedException();
        }
        return new ForwardedClaims(
                believed.contains(Field.FOR) ? client(environ) : null,
                scheme(believed.contains(Field.PROTO) ? rightmost(environ, "X-Forwarded-Proto") : null),
                host(believed.contains(Field.HOST) ? rightmost(environ, "X-Forwarded-Host") : null),
                port,
                prefix(believed.contains(Field.PREFIX) ? rightmost(environ, "X-Forwarded-Prefix") : null));
    }

    private @Nullable ForwardedNode client(Environ environ) throws MalformedException {
        String header = environ.header("X-Forwarded-For").orElse("");
        ForwardedNode client = null;
        boolean trusted = true;
        for (int end = header.length(); trusted && end > 0; ) {
            int comma = header.lastIndexOf(',', end - 1);
            String entry = header.substring(comma + 1, end).strip();
            if (!entry.isEmpty()) {
                ForwardedNode node = node(entry);
                client = node.address() == null ? client : node;
                trusted = isTrusted(node);
            }
            end = comma;
        }
        return client;
    }

    private boolean isTrusted(@Nullable ForwardedNode node) {
        return node != null && node.address() != null && networks.contains(node.address());
    }

    private static @Nullable String rightmost(Environ environ, String name) {
        String header = environ.header(name).orElse("");
        String value = header.substring(header.lastIndexOf(',') + 1).strip();
        return value.isEmpty() ? null : value;
    }

    private static ForwardedNode node(@Nullable String text) throws MalformedException {
        return Optional.ofNullable(text).flatMap(ForwardedNode::parse).orElseThrow(MalformedException::new);
    }

    private static @Nullable String scheme(@Nullable String text) throws MalformedException {
        if (text == null) {
            return null;
        }
        String scheme = text.toLowerCase(Locale.ROOT);
        if (!scheme.equals("http") && !scheme.equals("https")) {
            throw new MalformedException();
        }
        return scheme;
    }

    private static @Nullable HostAndPort host(@Nullable String text) throws MalformedException {
        return text == null ? null : HostAndPort.parse(text).orElseThrow(MalformedException::new);
    }

    private static @Nullable String prefix(@Nullable String text) throws MalformedException {
        if (text == null) {
            return null;
        }
        if (text.length() > MAX_PREFIX || !PREFIX.matcher(text).matches()) {
            throw new MalformedException();
        }
        return text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
    }

    /** A value that the grammar does not know; all claims of the request fall with it. */
    private static final class MalformedException extends Exception {
        private static final long serialVersionUID = 1L;

        MalformedException() {
            super(
                    "malformed",
                    null,
                    false,
                    false); // never seen by anyone: a trace would be wasted on a client's garbage
        }
    }
}

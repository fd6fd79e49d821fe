package io.gangway.middleware;

import io.gangway.exchange.RequestFacts;
import io.gangway.exchange.Step;
import io.gangway.wsgi.Environ;
import io.gangway.wsgi.GatewayApplication;
import io.gangway.wsgi.Middleware;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Takes the client's address and the URL that it asked for from the headers of trusted reverse proxies (W71): as a step of a server, or as a middleware
 * of an application.
 *
 * <pre>{@code
 * Middleware proxies = TrustedProxies.xForwarded(Set.of(Field.FOR, Field.PROTO), "10.0.0.0/8", "::1");
 * }</pre>
 *
 * <p><b>Which connections are trusted.</b> Only those whose REMOTE_ADDR is in the given networks; from other connections, the
 * headers have no effect. Addresses are compared as literals; names are not looked up.
 *
 * <p><b>Which headers are used.</b> One style, as configured: either the given {@code X-Forwarded-*} headers, or
 * {@code Forwarded}. The proxy passes on a header that it does not write itself, as the client sent it. So the other style and
 * all other fields are ignored.
 *
 * <p><b>Which entry is the client.</b> {@code X-Forwarded-For} and {@code Forwarded} are read from the right as long as the
 * entries are trusted proxies; the first entry that is not is the client. Entries further left may come from the client and are
 * not parsed. An entry that hides its address ({@code unknown}, {@code _name}) ends the search: then the client is not known.
 * Scheme and host come from the last {@code Forwarded} element reached; from {@code X-Forwarded-Proto}, {@code -Host},
 * {@code -Port} and {@code -Prefix} the rightmost value counts, which is the nearest proxy's.
 *
 * <p><b>Which keys are set.</b> REMOTE_ADDR and REMOTE_PORT (removed if not given); {@code wsgi.url_scheme}, {@code HTTPS},
 * HTTP_HOST, SERVER_NAME and SERVER_PORT, so that they agree; SCRIPT_NAME. The environ is changed in place, so that middleware
 * outside sees the values too. A replaced value is kept under {@code gangway.proxy.} and the key's name in lower case, for
 * example {@code gangway.proxy.remote_addr} and {@code gangway.proxy.url_scheme}.
 *
 * <p><b>A malformed field</b> is ignored, and logged to {@code io.gangway.middleware}: each field the first time at level WARNING,
 * then at DEBUG. The proxies' other fields are still used. A malformed entry that should name the client hides it; a
 * {@code Forwarded} element that is not a list of pairs hides it too, and all its values are ignored.
 *
 * <p><b>A client that is not known</b> has no REMOTE_ADDR and no REMOTE_PORT (W18). The proxy's address does not take its place,
 * because applications may trust it. If no field names a client, the proxy itself is taken as the client, and REMOTE_ADDR stays.
 *
 * <p>Thread-safe.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc7239">RFC 7239, Forwarded HTTP Extension</a>
 */
public final class TrustedProxies implements Middleware, Step {
    /** The {@code X-Forwarded-*} headers that a proxy may write. */
    public enum Field {
        /** {@code X-Forwarded-For}: each proxy appends the address that it was called from. */
        FOR("X-Forwarded-For"),
        /** {@code X-Forwarded-Proto}: {@code http} or {@code https}. */
        PROTO("X-Forwarded-Proto"),
        /** {@code X-Forwarded-Host}: the host that the client asked for, with or without port. */
        HOST("X-Forwarded-Host"),
        /** {@code X-Forwarded-Port}: the port that the client asked for; it has precedence over the host's. */
        PORT("X-Forwarded-Port"),
        /** {@code X-Forwarded-Prefix}: the path that the proxy removed; put before SCRIPT_NAME. */
        PREFIX("X-Forwarded-Prefix");

        /** The header's name. */
        final String header;

        Field(String header) {
            this.header = header;
        }
    }

    private final Networks networks;
    private final ForwardedReader reader;
    /** Null for the style of RFC 7239. */
    private final @Nullable Set<Field> fields;

    private TrustedProxies(List<String> networks, @Nullable Set<Field> fields) {
        if (networks.isEmpty()) {
            throw new IllegalArgumentException(
                    "expected at least one network to trust, such as 10.0.0.0/8; found none. Fix: name the proxies' addresses,"
                            + " or leave the middleware out if there is no proxy");
        }
        this.networks = Networks.of(networks);
        this.reader = new ForwardedReader(this.networks);
        this.fields = fields;
    }

    /**
     * Believes some of the {@code X-Forwarded-*} headers.
     *
     * @param fields the headers that the proxies set or overwrite on every request, and no others
     * @param networks the proxies' addresses and CIDR blocks, for example {@code 10.0.0.0/8} or {@code ::1}
     * @return the middleware
     * @throws IllegalArgumentException if there is no field or no network, or one is malformed
     */
    public static TrustedProxies xForwarded(Set<Field> fields, String... networks) {
        if (fields.isEmpty()) {
            throw new IllegalArgumentException(
                    "expected the fields that the proxies set, such as FOR and PROTO; found none. Fix: name them, or leave the"
                            + " middleware out if the proxies set none");
        }
        return new TrustedProxies(List.of(networks), Set.copyOf(fields));
    }

    /**
     * Believes the {@code Forwarded} header of RFC 7239.
     *
     * @param networks the proxies' addresses and CIDR blocks, for example {@code 10.0.0.0/8} or {@code ::1}
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
                claims(environ::header, peer).apply(environ);
            }
            return application.call(environ, startResponse);
        };
    }

    @Override
    public RequestFacts before(RequestFacts facts) {
        return facts.clientAddress()
                .filter(peer -> networks.containPeerOf(facts))
                .map(peer -> claims(facts::header, peer).applied(facts))
                .orElse(facts);
    }

    private ForwardedClaims claims(Function<String, Optional<String>> headers, String peer) {
        return fields == null ? reader.fromForwarded(headers, peer) : reader.fromXForwarded(headers, fields, peer);
    }

    /** The address of the connection, even if this middleware has replaced REMOTE_ADDR; empty if it is not known. */
    static String peer(RequestFacts facts) {
        String original = facts.additions().get(ForwardedClaims.ORIGINAL + "remote_addr");
        return original != null ? original : facts.clientAddress().orElse("");
    }

    /** As {@link #peer(RequestFacts)}. */
    static String peer(Environ environ) {
        Object original = environ.get(ForwardedClaims.ORIGINAL + "remote_addr");
        Object address = original != null ? original : environ.get(Environ.REMOTE_ADDR);
        return address instanceof String text ? text : "";
    }
}

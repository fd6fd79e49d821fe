package io.gangway.middleware;

import io.gangway.wsgi.Environ;
import io.gangway.wsgi.GatewayApplication;
import io.gangway.wsgi.Middleware;
import java.util.List;
import java.util.Set;
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
 * parsed. An entry that hides its address ({@code unknown}, {@code _name}) ends the walk: the client is not known then.
 * Scheme and host come from the last {@code Forwarded} element reached; from {@code X-Forwarded-Proto}, {@code -Host},
 * {@code -Port} and {@code -Prefix} the rightmost value counts, which is the nearest proxy's.
 *
 * <p><b>What is set.</b> REMOTE_ADDR and REMOTE_PORT (removed if not told); {@code wsgi.url_scheme}, {@code HTTPS},
 * HTTP_HOST, SERVER_NAME and SERVER_PORT so that they agree; SCRIPT_NAME. The environ is changed in place, for what stands
 * outside to see too; what was replaced stays under {@code gangway.proxy.} and the key's name in lower case, such as
 * {@code gangway.proxy.remote_addr} and {@code gangway.proxy.url_scheme}.
 *
 * <p><b>What is malformed</b> is ignored alone, and logged to {@code io.gangway.middleware}: each field once at level WARNING,
 * then at DEBUG. What the same proxies say in other fields counts all the same. An entry that should name the client and is
 * malformed hides it; a {@code Forwarded} element that is no list of pairs hides it too, and says nothing else either.
 *
 * <p><b>A client that is not known</b> has no REMOTE_ADDR and no REMOTE_PORT (W18). The proxy's address does not take its place:
 * it may be one that applications trust. Where no field names a client, the proxy is taken to speak for itself, and REMOTE_ADDR
 * stays.
 *
 * <p>Thread-safe.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc7239">RFC 7239, Forwarded HTTP Extension</a>
 */
public final class TrustedProxies implements Middleware {
    /** The {@code X-Forwarded-*} headers that a proxy may write. */
    public enum Field {
        /** {@code X-Forwarded-For}: each proxy appends the address that it was called from. */
        FOR("X-Forwarded-For"),
        /** {@code X-Forwarded-Proto}: {@code http} or {@code https}. */
        PROTO("X-Forwarded-Proto"),
        /** {@code X-Forwarded-Host}: the host that the client asked for, with or without port. */
        HOST("X-Forwarded-Host"),
        /** {@code X-Forwarded-Port}: the port that the client asked for; wins over the host's. */
        PORT("X-Forwarded-Port"),
        /** {@code X-Forwarded-Prefix}: the path that the proxy took away; put before SCRIPT_NAME. */
        PREFIX("X-Forwarded-Prefix");

        /** Its name. */
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
                    "expected at least one network to trust, such as 10.0.0.0/8; found none. Leave the middleware out where"
                            + " there is no proxy");
        }
        this.networks = Networks.of(networks);
        this.reader = new ForwardedReader(this.networks);
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
                ForwardedClaims claims = fields == null
                        ? reader.fromForwarded(environ, peer)
                        : reader.fromXForwarded(environ, fields, peer);
                claims.apply(environ);
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
}

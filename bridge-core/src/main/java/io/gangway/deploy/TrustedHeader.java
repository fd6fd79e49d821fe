package io.gangway.deploy;

import static java.util.stream.Collectors.toCollection;

import io.gangway.middleware.TrustedProxies;
import io.gangway.middleware.TrustedProxies.Field;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** A header that trusted proxies set on every request: the values of {@code gangway.trusted-headers} (W71). */
public enum TrustedHeader {
    /** {@code Forwarded} of RFC 7239; it cannot be combined with the others. */
    FORWARDED,
    /** {@code X-Forwarded-For}: the client's address. */
    X_FORWARDED_FOR,
    /** {@code X-Forwarded-Proto}: {@code http} or {@code https}. */
    X_FORWARDED_PROTO,
    /** {@code X-Forwarded-Host}: the host that the client asked for. */
    X_FORWARDED_HOST,
    /** {@code X-Forwarded-Port}: the port that the client asked for. */
    X_FORWARDED_PORT,
    /** {@code X-Forwarded-Prefix}: the path that the proxy removed. */
    X_FORWARDED_PREFIX;

    /** Whether headers can be trusted together: one style, and at least one header. */
    static boolean isOneStyle(List<TrustedHeader> headers) {
        return !headers.isEmpty()
                && (!headers.contains(FORWARDED) || Set.copyOf(headers).size() == 1);
    }

    /** The step that uses these headers from these networks, of which there is at least one. */
    static TrustedProxies believed(List<TrustedHeader> headers, List<String> networks) {
        String[] from = networks.toArray(String[]::new);
        return headers.contains(FORWARDED)
                ? TrustedProxies.forwarded(from)
                : TrustedProxies.xForwarded(
                        headers.stream()
                                .map(TrustedHeader::field)
                                .collect(toCollection(() -> EnumSet.noneOf(Field.class))),
                        from);
    }

    private Field field() {
        return switch (this) {
            case X_FORWARDED_FOR -> Field.FOR;
            case X_FORWARDED_PROTO -> Field.PROTO;
            case X_FORWARDED_HOST -> Field.HOST;
            case X_FORWARDED_PORT -> Field.PORT;
            case X_FORWARDED_PREFIX -> Field.PREFIX;
            case FORWARDED -> throw new IllegalStateException("Forwarded is not one of the X-Forwarded headers");
        };
    }
}

package io.gangway.middleware;

import io.gangway.middleware.TrustedProxies.Field;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads the claims of the trusted proxies on a request's way. A malformed field is logged and gives no value. If it should
 * name the client, the client is hidden, because the client is certainly not the proxy.
 *
 * <p>Thread-safe.
 */
final class ForwardedReader {
    /** Unreserved characters only: a prefix is used in links, and two slashes at its start would name another host. */
    private static final Pattern PREFIX = Pattern.compile("(?:/(?!\\.\\.?(?:/|$))[A-Za-z0-9._~-]+)*/?");

    /** Maximum characters in a prefix; a longer one would leave too little room in a request line for the path after it. */
    private static final int MAX_PREFIX = 1024;

    private final Networks networks;
    private final MalformedFields malformed = new MalformedFields();

    ForwardedReader(Networks networks) {
        this.networks = networks;
    }

    /** The claims of {@code Forwarded}; headers are looked up by name, repeated ones joined. */
    ForwardedClaims fromForwarded(Function<String, Optional<String>> headers, String peer) {
        ForwardedElements elements =
                new ForwardedElements(headers.apply("Forwarded").orElse(""));
        Map<String, String> reached = Map.of();
        ForwardedNode client = null;
        boolean trusted = true;
        for (String element = elements.previous(); trusted && element != null; element = elements.previous()) {
            Map<String, String> pairs = malformed.read(
                    "Forwarded",
                    element,
                    ForwardedElements::pairs,
                    "name=value pairs with semicolons between them, each name once",
                    peer);
            // A proxy writes an element as a whole. In a malformed element, the proxy's values cannot be told from the
            // client's.
            reached = pairs == null ? Map.of() : pairs;
            ForwardedNode node =
                    pairs == null ? ForwardedNode.HIDDEN : node("Forwarded: for", reached.get("for"), peer);
            client = node == null ? client : node;
            trusted = isTrusted(node);
        }
        return new ForwardedClaims(
                client,
                scheme("Forwarded: proto", reached.get("proto"), peer),
                host("Forwarded: host", reached.get("host"), peer),
                null,
                null);
    }

    /** The claims of those {@code X-Forwarded-*} headers that are believed. */
    ForwardedClaims fromXForwarded(Function<String, Optional<String>> headers, Set<Field> believed, String peer) {
        String port = rightmost(headers, believed, Field.PORT);
        String prefix = rightmost(headers, believed, Field.PREFIX);
        return new ForwardedClaims(
                believed.contains(Field.FOR) ? client(headers, peer) : null,
                scheme(Field.PROTO.header, rightmost(headers, believed, Field.PROTO), peer),
                host(Field.HOST.header, rightmost(headers, believed, Field.HOST), peer),
                malformed.read(Field.PORT.header, port, HostAndPort::parsePort, "a port from 1 to 65535", peer),
                malformed.read(
                        Field.PREFIX.header,
                        prefix,
                        ForwardedReader::parsePrefix,
                        "a path of letters, digits and . _ ~ - that starts with a slash",
                        peer));
    }

    private @Nullable ForwardedNode client(Function<String, Optional<String>> headers, String peer) {
        String header = headers.apply(Field.FOR.header).orElse("");
        ForwardedNode client = null;
        boolean trusted = true;
        for (int end = header.length(); trusted && end > 0; ) {
            int comma = header.lastIndexOf(',', end - 1);
            String entry = header.substring(comma + 1, end).strip();
            if (!entry.isEmpty()) {
                client = node(Field.FOR.header, entry, peer);
                trusted = isTrusted(client);
            }
            end = comma;
        }
        return client;
    }

    private boolean isTrusted(@Nullable ForwardedNode node) {
        return node != null && node.address() != null && networks.contains(node.address());
    }

    /** Null if the proxy names no client; hidden if the name is malformed. */
    private @Nullable ForwardedNode node(String field, @Nullable String text, String peer) {
        ForwardedNode node = malformed.read(
                field, text, ForwardedNode::parse, "an IP address, perhaps with a port, or unknown", peer);
        return node == null && text != null ? ForwardedNode.HIDDEN : node;
    }

    private @Nullable String scheme(String field, @Nullable String text, String peer) {
        return malformed.read(field, text, ForwardedReader::parseScheme, "http or https", peer);
    }

    private @Nullable HostAndPort host(String field, @Nullable String text, String peer) {
        return malformed.read(field, text, HostAndPort::parse, "a host, perhaps with a port", peer);
    }

    private static @Nullable String rightmost(
            Function<String, Optional<String>> headers, Set<Field> believed, Field field) {
        String header = believed.contains(field) ? headers.apply(field.header).orElse("") : "";
        String value = header.substring(header.lastIndexOf(',') + 1).strip();
        return value.isEmpty() ? null : value;
    }

    private static Optional<String> parseScheme(String text) {
        String scheme = text.toLowerCase(Locale.ROOT);
        return Optional.of(scheme).filter(known -> known.equals("http") || known.equals("https"));
    }

    private static Optional<String> parsePrefix(String text) {
        return text.length() > MAX_PREFIX || !PREFIX.matcher(text).matches()
                ? Optional.empty()
                : Optional.of(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
    }
}

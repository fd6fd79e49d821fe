package io.gangway.middleware;

import io.gangway.server.IpAddress;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A party on a request's way, as a proxy names it (RFC 7239, section 6), in {@code X-Forwarded-For} too.
 *
 * @param address its address; null if the proxy hides it ({@code unknown} or an identifier such as {@code _gazonk})
 * @param text the address in the form of REMOTE_ADDR (W18); what the proxy wrote in its place, or empty, if it is hidden
 * @param port its port in digits; null if none was told
 */
record ForwardedNode(
        @Nullable IpAddress address, String text, @Nullable String port) {
    /** A party that nobody can name. */
    static final ForwardedNode HIDDEN = new ForwardedNode(null, "", null);

    /** Name, or address in brackets; then perhaps a port, which may be hidden too. */
    private static final Pattern NODE =
            Pattern.compile("(?:\\[([0-9A-Fa-f:.]+)]|([^:\\[\\]]+))(?::(?:([0-9]{1,5})|_[A-Za-z0-9._-]+))?");

    private static final Pattern HIDDEN_NAME = Pattern.compile("(?i:unknown)|_[A-Za-z0-9._-]+");

    private static final int MAX_PORT = 0xffff;

    /** Reads a node; an IPv6 address may stand without brackets, as it often does, if it has no port. */
    static Optional<ForwardedNode> parse(String text) {
        Matcher node = NODE.matcher(text);
        if (!node.matches()) {
            return named(text, null);
        }
        String port = node.group(3);
        if (port != null && Integer.parseInt(port) > MAX_PORT) {
            return Optional.empty();
        }
        if (node.group(1) != null) {
            return node.group(1).indexOf(':') < 0 ? Optional.empty() : named(node.group(1), port);
        }
        return HIDDEN_NAME.matcher(node.group(2)).matches() ? Optional.of(HIDDEN) : named(node.group(2), port);
    }

    private static Optional<ForwardedNode> named(String text, @Nullable String port) {
        return IpAddress.parse(text).map(address -> new ForwardedNode(address, address.toString(), port));
    }
}

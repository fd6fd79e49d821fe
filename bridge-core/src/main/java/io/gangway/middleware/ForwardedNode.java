package io.gangway.middleware;

import io.gangway.server.IpAddress;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A client or proxy on a request's way, as a proxy names it (RFC 7239, section 6); also in {@code X-Forwarded-For}.
 *
 * @param address its address; null if the proxy hides it ({@code unknown} or an identifier such as {@code _gazonk})
 * @param text the address in the form of REMOTE_ADDR (W18); if it is hidden, the text that the proxy wrote instead, or empty
 * @param port its port in digits; null if the proxy gave none
 */
record ForwardedNode(
        @Nullable IpAddress address, String text, @Nullable String port) {
    /** A client or proxy whose address is not known. */
    static final ForwardedNode HIDDEN = new ForwardedNode(null, "", null);

    /** A name, or an address in brackets, with an optional port, which may be hidden too. */
    private static final Pattern NODE =
            Pattern.compile("(?:\\[([0-9A-Fa-f:.]+)]|([^:\\[\\]]+))(?::(?:([0-9]{1,5})|_[A-Za-z0-9._-]+))?");

    private static final Pattern HIDDEN_NAME = Pattern.compile("(?i:unknown)|_[A-Za-z0-9._-]+");

    private static final int MAX_PORT = 0xffff;

    /** Reads a node; an IPv6 address without a port may have no brackets, as is common. */
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

package io.gangway.middleware;

import io.gangway.server.IpAddress;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The value of a {@code Host} header (RFC 9110, section 7.2), checked so that it is safe in URLs.
 *
 * @param name a name of letters, digits and {@code - . _ ~}, or an IPv6 address in brackets
 * @param port digits, 1 to 65535; null if there is none, or an empty one
 */
record HostAndPort(String name, @Nullable String port) {
    /** Maximum characters in a name: DNS allows 253, and no address is longer. */
    private static final int MAX_NAME = 255;

    private static final int MAX_PORT = 0xffff;

    /** The port may be empty: then it is the scheme's default (RFC 3986, section 3.2.3). */
    private static final Pattern HOST = Pattern.compile("(\\[([0-9A-Fa-f:.]+)]|[A-Za-z0-9._~-]+)(?::([0-9]{1,5})?)?");

    static Optional<HostAndPort> parse(String text) {
        Matcher host = HOST.matcher(text);
        if (!host.matches() || host.group(1).length() > MAX_NAME) {
            return Optional.empty();
        }
        String bracketed = host.group(2);
        boolean goodName = bracketed == null
                || (bracketed.indexOf(':') >= 0 && IpAddress.parse(bracketed).isPresent());
        String port = host.group(3);
        boolean goodPort = port == null || parsePort(port).isPresent();
        return goodName && goodPort ? Optional.of(new HostAndPort(host.group(1), port)) : Optional.empty();
    }

    /** Accepts a port number in ASCII digits, and returns it unchanged. */
    static Optional<String> parsePort(String text) {
        return Optional.of(text)
                .filter(digits -> digits.matches("[1-9][0-9]{0,4}") && Integer.parseInt(digits) <= MAX_PORT);
    }
}

package io.gangway.server;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The syntax of a request's header {@code Host}: nothing, or a name or an address, and an optional port, which may be empty (RFC 9110, section 7.2, and RFC 3986, section
 * 3.2.2).
 *
 * <p>Thread-safe.
 */
public final class HostHeader {
    /** The quantifiers are possessive: other quantifiers use stack for each repetition, and the client decides how many there are. */
    private static final Pattern HOST = Pattern.compile(
            "(?:(?<name>\\[[0-9A-Fa-f:.]+]|(?:[A-Za-z0-9._~!$&'()*+,;=-]++|%[0-9A-Fa-f]{2})++)(?::0*+(?<port>[0-9]*+))?)?");

    private static final int MAX_PORT = 65_535;

    private HostHeader() {}

    /**
     * Reads the name of a host.
     *
     * @param value the header's value
     * @return the name or address, an IPv6 address in brackets; an empty text if the value is empty; nothing if the value is malformed
     */
    public static Optional<String> name(String value) {
        Matcher parts = HOST.matcher(value);
        if (!parts.matches() || !isPort(parts.group("port"))) {
            return Optional.empty();
        }
        String name = parts.group("name");
        return Optional.of(name == null ? "" : name);
    }

    private static boolean isPort(@Nullable String port) {
        return port == null || port.isEmpty() || (port.length() <= 5 && Integer.parseInt(port) <= MAX_PORT);
    }
}

package io.gangway.cli.config;

import io.gangway.deploy.NativeText;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An address to listen on: a value of {@code --bind}. */
public sealed interface Bind {
    /** A TCP port of an address or host name; port 0 is any free port. */
    record Port(String host, int port) implements Bind {
        @Override
        public String toString() {
            return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
        }
    }

    /** A Unix socket's file. */
    record UnixSocket(Path path) implements Bind {
        @Override
        public String toString() {
            return UNIX + path;
        }
    }

    /** The address that only this machine can reach. */
    String LOOPBACK = "127.0.0.1";

    /** All addresses of this machine: the meaning of a colon without a host, as in other servers. */
    String EVERYWHERE = "0.0.0.0";

    /** A name, an IPv4 address or an IPv6 address in brackets before the last colon; or a port alone. */
    Pattern HOST_AND_PORT = Pattern.compile(
            "(?:(?<host>[A-Za-z0-9._-]*|\\[[0-9A-Fa-f:.]+(?:%[A-Za-z0-9._-]+)?]):)?(?<port>[0-9]{1,5})");

    String UNIX = "unix:";

    int HIGHEST_PORT = 65_535;

    /**
     * Reads an address.
     *
     * @param text the address, for example {@code 127.0.0.1:8000}, {@code :8000}, {@code 8000}, {@code [::1]:8000} or {@code unix:/path}
     * @throws IllegalArgumentException if the text is no address
     */
    static Bind parse(String text) {
        if (text.startsWith(UNIX)) {
            return new UnixSocket(path(text.substring(UNIX.length())));
        }
        Matcher matcher = HOST_AND_PORT.matcher(text);
        if (!matcher.matches() || Integer.parseInt(matcher.group("port")) > HIGHEST_PORT) {
            throw new IllegalArgumentException(text);
        }
        String host = matcher.group("host");
        String address = host == null ? LOOPBACK : host.isEmpty() ? EVERYWHERE : host.replaceAll("[\\[\\]]", "");
        return new Port(address, Integer.parseInt(matcher.group("port")));
    }

    /**
     * Reads the address of a port.
     *
     * @throws IllegalArgumentException if the text is another address, or none
     */
    static Port parsePort(String text) {
        if (parse(text) instanceof Port port) {
            return port;
        }
        throw new IllegalArgumentException(text);
    }

    private static Path path(String text) {
        if (text.isEmpty()) {
            throw new IllegalArgumentException("no path");
        }
        return NativeText.path(text);
    }

    /** Whether {@link #parse} accepts a text. */
    static boolean isValid(String text) {
        try {
            parse(text);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}

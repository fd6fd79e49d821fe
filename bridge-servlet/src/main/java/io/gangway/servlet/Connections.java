package io.gangway.servlet;

import io.gangway.server.IpAddress;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.StringTokenizer;

/** The system's TCP connections at one moment, where it shows them: Linux's {@code /proc/net/tcp} and {@code tcp6} (proc(5)). */
final class Connections {
    /** TCP_ESTABLISHED in the kernel's numbers: neither side has closed its end. */
    private static final String ESTABLISHED = "01";

    private static final List<Path> TABLES = List.of(Path.of("/proc/net/tcp"), Path.of("/proc/net/tcp6"));

    /** The prefix of an IPv4 address in a socket of IPv6 (RFC 4291, section 2.5.5.2). */
    private static final String MAPPED = "00000000000000000000ffff";

    /** The index of the state in a line. */
    private static final int STATE = 3;

    private final Map<String, String> states;

    private Connections(Map<String, String> states) {
        this.states = states;
    }

    /** Reads the system's tables. */
    static Connections now() throws IOException {
        Map<String, String> states = new HashMap<>();
        for (Path table : TABLES) {
            if (Files.isReadable(table)) {
                try (var lines = Files.lines(table)) {
                    lines.skip(1).forEach(line -> put(states, new StringTokenizer(line)));
                }
            }
        }
        return new Connections(states);
    }

    /** A line is {@code sl local_address rem_address st …}. */
    private static void put(Map<String, String> states, StringTokenizer fields) {
        if (fields.countTokens() > STATE) {
            fields.nextToken();
            String local = fields.nextToken();
            String remote = remote(fields.nextToken());
            states.put(local.substring(local.indexOf(':') + 1) + " " + remote, fields.nextToken());
        }
    }

    /** Address and port; the address is written as words of four bytes, each in the byte order of the machine: little-endian where Linux runs usually. */
    private static String remote(String field) {
        int colon = field.indexOf(':');
        StringBuilder address = new StringBuilder();
        for (int word = 0; word + 8 <= colon; word += 8) {
            for (int at = word + 6; at >= word; at -= 2) {
                address.append(field, at, at + 2);
            }
        }
        String hex = address.toString().toLowerCase(Locale.ROOT);
        return (hex.startsWith(MAPPED) ? hex.substring(MAPPED.length()) : hex) + field.substring(colon);
    }

    /** The key of a request's connection; empty if it is no TCP connection. */
    static Optional<String> keyOf(HttpServletRequest request) {
        String address = request.getRemoteAddr();
        if (address == null || address.isEmpty() || request.getRemotePort() <= 0) {
            return Optional.empty();
        }
        String literal = IpAddress.normalized(address);
        if (IpAddress.parse(literal).isEmpty()) {
            return Optional
                    .empty(); // a filter or a valve may give what a proxy's header says, and a name would be looked up
        }
        try {
            String hex = HexFormat.of().formatHex(InetAddress.getByName(literal).getAddress());
            return Optional.of(
                    String.format(Locale.ROOT, "%04X %s:%04X", request.getLocalPort(), hex, request.getRemotePort()));
        } catch (UnknownHostException e) {
            return Optional.empty();
        }
    }

    /** Whether a client has closed its side of a connection; false if the system does not show it. */
    boolean isClosedByClient(String key) {
        String state = states.get(key);
        return state != null && !state.equals(ESTABLISHED);
    }
}

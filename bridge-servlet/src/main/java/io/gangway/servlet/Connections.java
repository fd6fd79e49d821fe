package io.gangway.servlet;

import io.gangway.server.IpAddress;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
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
import org.jspecify.annotations.Nullable;

/**
 * The system's TCP connections at the moment of the first question, where it shows them: Linux's {@code /proc/net/tcp} and {@code tcp6} (proc(5)).
 *
 * <p>Not thread-safe.
 */
final class Connections {
    /** TCP_ESTABLISHED in the kernel's numbers: neither side has closed its end. */
    private static final String ESTABLISHED = "01";

    private static final List<Path> TABLES = List.of(Path.of("/proc/net/tcp"), Path.of("/proc/net/tcp6"));

    /** The prefix of an IPv4 address in a socket of IPv6 (RFC 4291, section 2.5.5.2). */
    private static final String MAPPED = "00000000000000000000ffff";

    /** Fields of a line until its queues. */
    private static final int FIELDS = 5;

    /** The end of a line's queues if all that has arrived has been read. */
    private static final String ALL_READ = ":00000000";

    /** One connection: its state, and the sizes of its queues. */
    private record Line(String state, String queues) {}

    private @Nullable Map<String, Line> lines;

    private @Nullable Line line(String key) {
        if (lines == null) {
            lines = read();
        }
        return lines.get(key);
    }

    private static Map<String, Line> read() {
        Map<String, Line> found = new HashMap<>();
        for (Path table : TABLES) {
            if (Files.isReadable(table)) {
                try (var lines = Files.lines(table)) {
                    lines.skip(1).forEach(line -> put(found, new StringTokenizer(line)));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        }
        return found;
    }

    /** A line is {@code sl local_address rem_address st tx_queue:rx_queue …}. */
    private static void put(Map<String, Line> lines, StringTokenizer fields) {
        if (fields.countTokens() >= FIELDS) {
            fields.nextToken();
            String local = fields.nextToken();
            String remote = remote(fields.nextToken());
            lines.put(
                    local.substring(local.indexOf(':') + 1) + " " + remote,
                    new Line(fields.nextToken(), fields.nextToken()));
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

    /** Whether the system shows a connection; not one that its client has reset. */
    boolean isShown(String key) {
        return line(key) != null;
    }

    /** Whether a client has closed its side of a connection; false if the system does not show it. */
    boolean isClosedByClient(String key) {
        Line line = line(key);
        return line != null && !line.state().equals(ESTABLISHED);
    }

    /** Whether bytes of a client have arrived that nobody has read; false if the system does not show it. */
    boolean hasUnread(String key) {
        Line line = line(key);
        return line != null && !line.queues().endsWith(ALL_READ);
    }
}

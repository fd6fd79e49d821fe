package io.gangway.servlet.watch;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringTokenizer;
import org.jspecify.annotations.Nullable;

/**
 * The system's TCP connections at the moment of the first question, where it shows them: Linux's {@code /proc/net/tcp} and {@code tcp6} (proc(5)). Their ends are written as an
 * address in hexadecimal digits, and a port.
 *
 * <p>Not thread-safe.
 */
public final class Connections {
    /** TCP_ESTABLISHED in the kernel's numbers: neither side has closed its end. */
    private static final String ESTABLISHED = "01";

    /** TCP_LISTEN. */
    private static final String LISTENING = "0A";

    private static final List<Path> TABLES = List.of(Path.of("/proc/net/tcp"), Path.of("/proc/net/tcp6"));

    /** The prefix of an IPv4 address in a socket of IPv6 (RFC 4291, section 2.5.5.2). */
    private static final String MAPPED = "00000000000000000000ffff";

    /** The addresses of sockets that listen at all addresses of the machine. */
    private static final List<String> ALL_ADDRESSES = List.of("0".repeat(8), "0".repeat(32));

    /** Fields of a line until its queues. */
    private static final int FIELDS = 5;

    /** The end of a line's queues if all that has arrived has been read. */
    private static final String ALL_READ = ":00000000";

    /** One connection, or one listening socket: its state, and the sizes of its queues. */
    private record Line(String state, String queues) {}

    /** By local end and remote port, and then by remote address. */
    private @Nullable Map<String, Map<String, Line>> lines;

    private final Map<String, Boolean> listening = new HashMap<>();

    /** How a line has the end of a connection. */
    static String end(InetAddress address, int port) {
        return String.format(Locale.ROOT, "%s:%04X", HexFormat.of().formatHex(address.getAddress()), port);
    }

    /** Whether the system shows one of these connections. */
    boolean isShown(String local, String remote, boolean isAnyAddress) {
        return !lines(local, remote, isAnyAddress).isEmpty();
    }

    /** Whether the other side has closed its end of all these connections; true if none is shown. */
    boolean isClosed(String local, String remote, boolean isAnyAddress) {
        return lines(local, remote, isAnyAddress).stream()
                .noneMatch(line -> line.state().equals(ESTABLISHED));
    }

    /** Whether bytes of the other side have arrived that nobody has read; false if the connection is not shown. */
    boolean hasUnread(String local, String remote) {
        return lines(local, remote, false).stream()
                .anyMatch(line -> !line.queues().endsWith(ALL_READ));
    }

    /** Whether connections to an address and a port end on this machine. */
    boolean isListening(InetAddress address, int port) {
        return listening.computeIfAbsent(end(address, port), local -> {
            String end = local.substring(local.indexOf(':'));
            return isListening(local)
                    || (ALL_ADDRESSES.stream().anyMatch(all -> isListening(all + end)) && isLocal(address));
        });
    }

    private boolean isListening(String local) {
        return read().getOrDefault(key(local, "0000"), Map.of()).values().stream()
                .anyMatch(line -> line.state().equals(LISTENING));
    }

    private static boolean isLocal(InetAddress address) {
        try {
            return address.isLoopbackAddress() || NetworkInterface.getByInetAddress(address) != null;
        } catch (SocketException e) {
            return false;
        }
    }

    /** The connection with these ends; if there is none, and any remote address will do, all those with the same ports. */
    private Collection<Line> lines(String local, String remote, boolean isAnyAddress) {
        int colon = remote.indexOf(':');
        Map<String, Line> found = read().getOrDefault(key(local, remote.substring(colon + 1)), Map.of());
        Line line = found.get(remote.substring(0, colon));
        if (line != null) {
            return List.of(line);
        }
        return isAnyAddress ? found.values() : List.of();
    }

    private static String key(String local, String remotePort) {
        return local + " " + remotePort;
    }

    private Map<String, Map<String, Line>> read() {
        Map<String, Map<String, Line>> found = lines;
        if (found == null) {
            found = new HashMap<>();
            for (Path table : TABLES) {
                if (Files.isReadable(table)) {
                    read(table, found);
                }
            }
            lines = found;
        }
        return found;
    }

    private static void read(Path table, Map<String, Map<String, Line>> found) {
        try (var lines = Files.lines(table)) {
            lines.skip(1).forEach(line -> put(found, new StringTokenizer(line)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A line is {@code sl local_address rem_address st tx_queue:rx_queue …}. */
    private static void put(Map<String, Map<String, Line>> found, StringTokenizer fields) {
        if (fields.countTokens() >= FIELDS) {
            fields.nextToken();
            String local = fields.nextToken();
            String remote = fields.nextToken();
            int colon = remote.indexOf(':');
            found.computeIfAbsent(
                            key(address(local) + local.substring(local.indexOf(':')), remote.substring(colon + 1)),
                            key -> new HashMap<>(2))
                    .put(address(remote), new Line(fields.nextToken(), fields.nextToken()));
        }
    }

    /** The address of an end is written as words of four bytes, each in the byte order of the machine: little-endian where Linux runs usually. */
    private static String address(String end) {
        int colon = end.indexOf(':');
        StringBuilder address = new StringBuilder();
        for (int word = 0; word + 8 <= colon; word += 8) {
            for (int at = word + 6; at >= word; at -= 2) {
                address.append(end, at, at + 2);
            }
        }
        String hex = address.toString().toLowerCase(Locale.ROOT);
        return hex.startsWith(MAPPED) ? hex.substring(MAPPED.length()) : hex;
    }
}

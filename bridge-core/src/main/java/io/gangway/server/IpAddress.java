package io.gangway.server;

import java.util.Arrays;
import java.util.Optional;

/**
 * An IP address that is parsed from its literal. Names are not looked up, because a client could then cause lookups of its choice.
 *
 * <p>An IPv4-mapped IPv6 address equals the IPv4 address, because it depends on the platform which of the two a dual-stack socket
 * reports.
 *
 * <p>Immutable and thread-safe.
 */
public final class IpAddress {
    private static final int V4_BYTES = 4;
    private static final int V6_BYTES = 16;
    /** The index of the IPv4 part in a mapped address: after ten zeros and two 0xff (RFC 4291, section 2.5.5.2). */
    private static final int MAPPED_OFFSET = 12;
    /** RFC 5952, section 4.2.2: a single group of zeros is not shortened. */
    private static final int SHORTEST_GAP = 2;

    private final byte[] bytes;

    private IpAddress(byte[] bytes) {
        this.bytes = bytes;
    }

    /**
     * Reads an address.
     *
     * @param text for example {@code 192.0.2.1} or {@code 2001:db8::1}, without brackets, port or zone
     * @return the address; empty if the text is not an address
     */
    public static Optional<IpAddress> parse(String text) {
        byte[] bytes = new byte[V6_BYTES];
        if (text.indexOf(':') < 0) {
            return readV4(text, bytes, 0)
                    ? Optional.of(new IpAddress(Arrays.copyOf(bytes, V4_BYTES)))
                    : Optional.empty();
        }
        return readV6(text, bytes) ? Optional.of(new IpAddress(unmapped(bytes))) : Optional.empty();
    }

    /**
     * The form in which REMOTE_ADDR has an address (W18; RFC 3875, section 4.1.8): without the brackets that Jetty puts around
     * IPv6, without a zone, which has no meaning on another machine and is not in that grammar, and in the form of {@link
     * #toString}.
     *
     * @param text the address as a container or a proxy writes it
     * @return the address in that form; the text itself if it is not an address
     */
    public static String normalized(String text) {
        if (text.indexOf(':') < 0) {
            return text; // IPv4 has only one form
        }
        boolean isBracketed = text.startsWith("[") && text.endsWith("]");
        String bare = isBracketed ? text.substring(1, text.length() - 1) : text;
        int zone = bare.indexOf('%');
        return parse(zone < 0 ? bare : bare.substring(0, zone))
                .map(IpAddress::toString)
                .orElse(text);
    }

    /**
     * The size of the address.
     *
     * @return 32 or 128
     */
    public int bits() {
        return bytes.length * Byte.SIZE;
    }

    /**
     * Whether two addresses of the same family have a common prefix.
     *
     * @param other the address to compare with
     * @param length of the common prefix, in bits
     * @return false if the families differ
     */
    public boolean sharesPrefix(IpAddress other, int length) {
        if (bytes.length != other.bytes.length) {
            return false;
        }
        int whole = length / Byte.SIZE;
        int rest = length % Byte.SIZE;
        boolean wholeEqual = Arrays.equals(bytes, 0, whole, other.bytes, 0, whole);
        return wholeEqual && (rest == 0 || ((bytes[whole] ^ other.bytes[whole]) & 0xff) >> (Byte.SIZE - rest) == 0);
    }

    /**
     * The address as text: IPv4 with dots, IPv6 in the form of RFC 5952.
     *
     * @return the text, without brackets
     */
    @Override
    public String toString() {
        return bytes.length == V4_BYTES ? v4() : v6();
    }

    private String v4() {
        return (bytes[0] & 0xff) + "." + (bytes[1] & 0xff) + "." + (bytes[2] & 0xff) + "." + (bytes[3] & 0xff);
    }

    /** Hexadecimal groups without leading zeros, in lower case; the first of the longest runs of zeros becomes {@code ::}. */
    private String v6() {
        int gap = -1;
        int gapLength = SHORTEST_GAP - 1;
        for (int start = 0; start < V6_BYTES / 2; start++) {
            int length = zeroGroups(start);
            if (length > gapLength) {
                gap = start;
                gapLength = length;
            }
        }
        StringBuilder text = new StringBuilder(39);
        for (int i = 0; i < V6_BYTES / 2; i++) {
            if (i == gap) {
                text.append("::");
                i += gapLength - 1;
            } else {
                boolean isSeparated = i > 0 && !(gap >= 0 && i == gap + gapLength);
                text.append(isSeparated ? ":" : "").append(Integer.toHexString(group(i)));
            }
        }
        return text.toString();
    }

    private int zeroGroups(int start) {
        int end = start;
        while (end < V6_BYTES / 2 && group(end) == 0) {
            end++;
        }
        return end - start;
    }

    private int group(int index) {
        return ((bytes[2 * index] & 0xff) << Byte.SIZE) | (bytes[2 * index + 1] & 0xff);
    }

    private static byte[] unmapped(byte[] v6) {
        for (int i = 0; i < MAPPED_OFFSET; i++) {
            if (v6[i] != (i < MAPPED_OFFSET - 2 ? 0 : (byte) 0xff)) {
                return v6;
            }
        }
        return Arrays.copyOfRange(v6, MAPPED_OFFSET, V6_BYTES);
    }

    /** Four decimal numbers without leading zeros, which some readers take for octal. */
    private static boolean readV4(String text, byte[] target, int offset) {
        int part = 0;
        int value = -1; // no digit yet
        for (int i = 0; i <= text.length(); i++) {
            char c = i < text.length() ? text.charAt(i) : '.';
            if (c >= '0' && c <= '9' && value != 0) {
                value = Math.max(0, value) * 10 + c - '0';
                if (value > 0xff) {
                    return false;
                }
            } else if (c == '.' && value >= 0 && part < V4_BYTES) {
                target[offset + part] = (byte) value;
                part++;
                value = -1;
            } else {
                return false;
            }
        }
        return part == V4_BYTES;
    }

    /** RFC 4291, section 2.2: groups, at most one {@code ::}, perhaps an IPv4 address at the end. */
    private static boolean readV6(String text, byte[] target) {
        int gap = text.indexOf("::");
        if (gap < 0) {
            return readGroups(text, target) == V6_BYTES;
        }
        byte[] tail = new byte[V6_BYTES];
        String before = text.substring(0, gap);
        int head = before.indexOf('.') < 0 ? readGroups(before, target) : -1;
        int rest = readGroups(text.substring(gap + 2), tail);
        // The gap stands for one group at least.
        if (head < 0 || rest < 0 || head + rest > V6_BYTES - 2) {
            return false;
        }
        System.arraycopy(tail, 0, target, V6_BYTES - rest, rest);
        return true;
    }

    /** Returns how many bytes the groups fill; -1 if they are malformed or too many. */
    private static int readGroups(String text, byte[] target) {
        if (text.isEmpty()) {
            return 0;
        }
        String[] groups = text.split(":", -1);
        int filled = 0;
        for (int i = 0; i < groups.length; i++) {
            boolean v4 = i == groups.length - 1 && groups[i].indexOf('.') >= 0;
            int width = v4 ? V4_BYTES : 2;
            if (filled + width > V6_BYTES
                    || !(v4 ? readV4(groups[i], target, filled) : readGroup(groups[i], target, filled))) {
                return -1;
            }
            filled += width;
        }
        return filled;
    }

    private static boolean readGroup(String text, byte[] target, int offset) {
        int value = number(text, 16, 4);
        if (value < 0) {
            return false;
        }
        target[offset] = (byte) (value >> Byte.SIZE);
        target[offset + 1] = (byte) value;
        return true;
    }

    /** ASCII digits only: Integer.parseInt would take signs and the digits of every script. */
    private static int number(String text, int radix, int maxDigits) {
        if (text.isEmpty() || text.length() > maxDigits) {
            return -1;
        }
        int value = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            int digit = c < 0x80 ? Character.digit(c, radix) : -1;
            if (digit < 0) {
                return -1;
            }
            value = value * radix + digit;
        }
        return value;
    }
}

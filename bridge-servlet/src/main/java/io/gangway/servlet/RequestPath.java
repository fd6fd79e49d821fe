package io.gangway.servlet;

import io.gangway.wsgi.NativeStrings;
import java.util.ArrayList;
import java.util.List;

/**
 * A request's path, split where the application is mounted (W11, W12).
 *
 * <p>It is made from the raw request URI, because containers change the decoded path in different ways: Tomcat merges repeated slashes,
 * Jetty throws for a path that it finds ambiguous. Dot segments are resolved, as the container resolved them before it matched
 * its mappings and security constraints, and {@link EncodedSlashes} refuses a path that the container may have read in another way: an
 * application never sees a path that differs from the one its container checked. Path parameters stay, except the container's session id.
 *
 * @param scriptName bytes as chars; empty, or starting with a slash and not ending with one
 * @param pathInfo bytes as chars; empty, or starting with a slash; not empty where the script name is
 */
record RequestPath(String scriptName, String pathInfo) {

    /**
     * Splits a request URI.
     *
     * @param uri the path as it was sent: percent-encoded, with parameters
     * @param mount the decoded path that the container matched for us: context path and mapping prefix; empty or starting
     *     with a slash, without one at its end
     * @param sessionParameter the path parameter that carries the container's session id
     */
    static RequestPath split(String uri, String mount, String sessionParameter) {
        if (isPlain(uri) && isBelow(uri, mount)) {
            return of(mount, uri.substring(mount.length()));
        }
        List<Segment> segments = Segment.parse(uri, ";" + sessionParameter + "=");
        String mountBytes = NativeStrings.ofText(mount);
        int rest = endOfMount(segments, mountBytes);
        // The container matched the mount, so it is there. If it is not, the whole path is still correct.
        return rest < 0 ? of("", join(segments, 0)) : of(mountBytes, join(segments, rest));
    }

    /** A URI as Tomcat matches it: decoded, without parameters and repeated slashes, its dot segments resolved; bytes as chars. */
    static String bare(String uri) {
        StringBuilder path = new StringBuilder(uri.length());
        List<Segment> segments = Segment.parse(uri, ";");
        for (int i = 0; i < segments.size(); i++) {
            String bare = segments.get(i).bare();
            if (!bare.isEmpty() || i == segments.size() - 1) {
                path.append('/').append(bare);
            }
        }
        return path.toString();
    }

    private static RequestPath of(String scriptName, String pathInfo) {
        return new RequestPath(scriptName, scriptName.isEmpty() && pathInfo.isEmpty() ? "/" : pathInfo);
    }

    /** Whether the path would stay the same if it were decoded, its parameters dropped and its dot segments resolved. */
    private static boolean isPlain(String uri) {
        char before = 0;
        for (int i = 0; i < uri.length(); i++) {
            char c = uri.charAt(i);
            if (c == '%' || c == ';' || c >= 0x80 || (before == '/' && (c == '.' || c == '/'))) {
                return false;
            }
            before = c;
        }
        return !uri.isEmpty() && uri.charAt(0) == '/';
    }

    private static boolean isBelow(String uri, String mount) {
        return uri.startsWith(mount) && (uri.length() == mount.length() || uri.charAt(mount.length()) == '/');
    }

    /** The number of segments that the mount takes, or -1 if the path is not below it. */
    private static int endOfMount(List<Segment> segments, String mount) {
        int next = 0;
        if (!mount.isEmpty()) {
            for (String expected : mount.substring(1).split("/", -1)) {
                // Tomcat treats repeated slashes as one.
                while (next < segments.size() && segments.get(next).bare().isEmpty() && !expected.isEmpty()) {
                    next++;
                }
                if (next == segments.size() || !segments.get(next).bare().equals(expected)) {
                    return -1;
                }
                next++;
            }
        }
        return next;
    }

    private static String join(List<Segment> segments, int from) {
        StringBuilder path = new StringBuilder();
        for (Segment segment : segments.subList(from, segments.size())) {
            path.append('/').append(segment.decoded());
        }
        return path.toString();
    }

    /**
     * The part between two slashes, percent-decoded to bytes as chars.
     *
     * @param decoded the segment with its parameters
     * @param bare the segment without them, which containers match
     */
    private record Segment(String decoded, String bare) {

        static List<Segment> parse(String uri, String sessionPrefix) {
            List<Segment> segments = new ArrayList<>();
            String[] parts = uri.substring(uri.startsWith("/") ? 1 : 0).split("/", -1);
            for (int i = 0; i < parts.length; i++) {
                Segment segment = of(without(parts[i], sessionPrefix));
                // RFC 3986, section 5.2.4; a dot segment at the end leaves a slash behind.
                boolean dots = segment.bare.equals(".") || segment.bare.equals("..");
                if (segment.bare.equals("..") && !segments.isEmpty()) {
                    segments.remove(segments.size() - 1);
                }
                if (!dots) {
                    segments.add(segment);
                } else if (i == parts.length - 1) {
                    segments.add(new Segment("", ""));
                }
            }
            return segments;
        }

        private static Segment of(String raw) {
            int parameters = raw.indexOf(';');
            String decoded = decode(raw);
            return new Segment(decoded, parameters < 0 ? decoded : decode(raw.substring(0, parameters)));
        }

        private static String without(String raw, String sessionPrefix) {
            int start = raw.indexOf(sessionPrefix);
            if (start < 0) {
                return raw;
            }
            int end = raw.indexOf(';', start + 1);
            return raw.substring(0, start) + (end < 0 ? "" : raw.substring(end));
        }
    }

    /** Decodes escapes to bytes. Raw characters beyond ASCII were UTF-8 before a lenient container decoded them. */
    private static String decode(String raw) {
        StringBuilder decoded = new StringBuilder(raw.length());
        for (int i = 0; i < raw.length(); i++) {
            char c = raw.charAt(i);
            int escaped = c == '%' && i + 2 < raw.length() ? hexByte(raw, i + 1) : -1;
            if (escaped >= 0) {
                decoded.append((char) escaped);
                i += 2;
            } else if (c < 0x80) {
                decoded.append(c);
            } else {
                int end = i + (Character.isHighSurrogate(c) && i + 1 < raw.length() ? 2 : 1);
                decoded.append(NativeStrings.ofText(raw.substring(i, end)));
                i = end - 1;
            }
        }
        return decoded.toString();
    }

    private static int hexByte(String raw, int at) {
        int high = Character.digit(raw.charAt(at), 16);
        int low = Character.digit(raw.charAt(at + 1), 16);
        return high < 0 || low < 0 ? -1 : (high << 4) | low;
    }
}

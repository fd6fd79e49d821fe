package io.gangway.testing;

import static io.gangway.wsgi.RuleViolation.quote;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The target of a request, percent-encoded as on the wire.
 *
 * @param scheme {@code http} or {@code https}
 * @param authority host and, if it was written, port
 * @param path starts with a slash
 * @param query without the question mark; empty if there is none
 */
record Target(String scheme, String authority, String path, String query) {
    private static final String DEFAULT_AUTHORITY = "testserver";
    private static final Pattern URL = Pattern.compile("(https?)://([^/?]+)(/[^?]*)?(?:\\?(.*))?");

    /** RFC 9112, section 3.2: a request target holds visible ASCII, and no fragment. */
    private static final Pattern VISIBLE = Pattern.compile("[!-~&&[^#]]+");

    private static final Pattern BAD_ESCAPE = Pattern.compile("%(?![0-9A-Fa-f]{2})");

    static Target parse(String text) {
        Matcher url = URL.matcher(text.startsWith("/") ? "http://" + DEFAULT_AUTHORITY + text : text);
        if (!VISIBLE.matcher(text).matches() || BAD_ESCAPE.matcher(text).find() || !url.matches()) {
            throw new IllegalArgumentException(
                    "The target should be a path such as /search?q=caf%C3%A9 or an http(s) URL,"
                            + " percent-encoded and without a fragment, not " + quote(text));
        }
        String path = url.group(3) == null ? "/" : url.group(3);
        String query = url.group(4) == null ? "" : url.group(4);
        return new Target(url.group(1), url.group(2), path, query);
    }

    /** The target of a redirect, if it stays on this host. */
    Optional<Target> resolve(String location) {
        try {
            int fragment = location.indexOf('#');
            String reference = fragment < 0 ? location : location.substring(0, fragment);
            // java.net.URI still resolves these by RFC 2396, which cut off the last segment.
            String whole = reference.isEmpty() || reference.startsWith("?") ? path + reference : reference;
            Target target = parse(new URI(url()).resolve(new URI(whole)).toASCIIString());
            boolean same = target.scheme.equals(scheme) && target.authority.equalsIgnoreCase(authority);
            return same ? Optional.of(target) : Optional.empty();
        } catch (URISyntaxException e) {
            throw new IllegalStateException(
                    "The application redirects to " + quote(location) + ", which is not a URL. Fix: percent-encode it",
                    e);
        }
    }

    String url() {
        return scheme + "://" + authority + pathAndQuery();
    }

    /** The path and query, as in a request line. */
    String pathAndQuery() {
        return path + (query.isEmpty() ? "" : "?" + query);
    }

    boolean isSecure() {
        return scheme.equals("https");
    }

    String serverName() {
        return hasPort() ? authority.substring(0, authority.lastIndexOf(':')) : authority;
    }

    String serverPort() {
        return hasPort() ? authority.substring(authority.lastIndexOf(':') + 1) : isSecure() ? "443" : "80";
    }

    /** The colons of an IPv6 address stand inside its brackets. */
    private boolean hasPort() {
        return authority.lastIndexOf(':') > authority.lastIndexOf(']');
    }

    /** W12: bytes as chars. */
    static String decoded(String raw) {
        StringBuilder bytes = new StringBuilder(raw.length());
        for (int i = 0; i < raw.length(); i++) {
            char c = raw.charAt(i);
            if (c == '%') {
                c = (char) Integer.parseInt(raw, i + 1, i + 3, 16);
                i += 2;
            }
            bytes.append(c);
        }
        return bytes.toString();
    }
}

package io.gangway.testing;

import io.gangway.wsgi.Header;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The cookies of one client, by the rules of RFC 6265, section 5, but {@code Domain} and {@code Secure} are ignored, because
 * there is only one site, and a test of cookies should not need TLS.
 *
 * <p>Thread-safe.
 */
final class CookieJar {
    private record Kept(String name, String value, String path, Instant expires) {
        /** RFC 6265, section 5.1.4: path-match. */
        boolean isSentTo(String requestPath) {
            return requestPath.startsWith(path)
                    && (requestPath.length() == path.length()
                            || path.endsWith("/")
                            || requestPath.charAt(path.length()) == '/');
        }
    }

    private final InstantSource clock;
    private final List<Kept> cookies = new ArrayList<>();

    CookieJar(InstantSource clock) {
        this.clock = clock;
    }

    /** Stores the cookies of a response's {@code Set-Cookie} headers. */
    synchronized void receive(String requestPath, List<Header> headers) {
        for (Header header : headers) {
            if (header.is("Set-Cookie")) {
                ResponseCookie.parse(header.value()).ifPresent(cookie -> keep(requestPath, cookie));
            }
        }
    }

    synchronized void set(String name, String value) {
        replace(new Kept(name, value, "/", Instant.MAX));
    }

    synchronized Optional<String> get(String name) {
        Instant now = clock.instant();
        return cookies.stream()
                .filter(cookie -> cookie.name().equals(name) && now.isBefore(cookie.expires()))
                .map(Kept::value)
                .findFirst();
    }

    synchronized void clear() {
        cookies.clear();
    }

    /** The value of the {@code Cookie} header; empty if there is no cookie to send. Longer paths first (section 5.4). */
    synchronized String header(String requestPath) {
        Instant now = clock.instant();
        cookies.removeIf(cookie -> !now.isBefore(cookie.expires()));
        List<String> pairs = cookies.stream()
                .filter(cookie -> cookie.isSentTo(requestPath))
                .sorted(Comparator.comparingInt(cookie -> -cookie.path().length()))
                .map(cookie -> cookie.name() + "=" + cookie.value())
                .toList();
        return String.join("; ", pairs);
    }

    private void keep(String requestPath, ResponseCookie cookie) {
        String path = cookie.attribute("Path")
                .filter(value -> value.startsWith("/"))
                .orElseGet(() -> defaultPath(requestPath));
        replace(new Kept(cookie.name(), cookie.value(), path, expiry(cookie)));
    }

    private void replace(Kept cookie) {
        cookies.removeIf(
                other -> other.name().equals(cookie.name()) && other.path().equals(cookie.path()));
        if (clock.instant().isBefore(cookie.expires())) {
            cookies.add(cookie);
        }
    }

    /** RFC 6265, section 5.1.4: the directory of the request's path. */
    private static String defaultPath(String requestPath) {
        int slash = requestPath.lastIndexOf('/');
        return slash <= 0 ? "/" : requestPath.substring(0, slash);
    }

    /** Max-Age has precedence over Expires (section 5.3); a malformed value is ignored. */
    private Instant expiry(ResponseCookie cookie) {
        Optional<String> maxAge = cookie.attribute("Max-Age").filter(value -> value.matches("-?[0-9]{1,18}"));
        if (maxAge.isPresent()) {
            long seconds = Long.parseLong(maxAge.get());
            // A greater age would exceed the range of Instant.
            return seconds <= 0
                    ? Instant.MIN
                    : seconds > 1L << 40 ? Instant.MAX : clock.instant().plusSeconds(seconds);
        }
        try {
            return cookie.attribute("Expires")
                    .map(date -> Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(withoutDashes(date))))
                    .orElse(Instant.MAX);
        } catch (DateTimeException e) {
            return Instant.MAX;
        }
    }

    /** Many servers still write the dates of Netscape's draft: {@code Wed, 21-Oct-2026 07:28:00 GMT}. */
    private static String withoutDashes(String date) {
        return date.replaceAll("(\\d)-(\\w{3})-(\\d)", "$1 $2 $3");
    }
}

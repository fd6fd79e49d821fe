package io.gangway.server;

import static io.gangway.wsgi.RuleViolation.quote;

import io.gangway.wsgi.ApplicationViolation;
import io.gangway.wsgi.Header;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * A response's status and headers; one that exists has kept W50, W51 and W52.
 *
 * <p>Immutable. The checks are the only ones there are: containers turn CR and LF into spaces at best and do not look at
 * names at all, so no response splitting is possible only because every head comes through here.
 */
public final class ResponseHead {
    /** The length of a body that ends where the iterable does. */
    public static final long UNKNOWN_LENGTH = -1;

    /** RFC 9110, section 7.6.1, and PEP 3333: these belong to the connection, and so to the server (W52). */
    private static final Set<String> HOP_BY_HOP = caseless(
            "Connection",
            "Keep-Alive",
            "Proxy-Authenticate",
            "Proxy-Authorization",
            "TE",
            "Trailer",
            "Trailers",
            "Transfer-Encoding",
            "Upgrade");

    private final int code;
    private final String reason;
    private final List<Header> headers;
    private final long contentLength;

    private ResponseHead(int code, String reason, List<Header> headers, long contentLength) {
        this.code = code;
        this.reason = reason;
        this.headers = headers;
        this.contentLength = contentLength;
    }

    /**
     * Checks what an application gave to start_response.
     *
     * @param status such as {@code 200 OK}
     * @param headers copied
     * @return the head
     * @throws ApplicationViolation naming the rule that is broken
     */
    public static ResponseHead of(String status, List<Header> headers) {
        int code = checkedCode(status);
        List<Header> copy = checkedCopy(headers);
        long contentLength = UNKNOWN_LENGTH;
        boolean repeated = false;
        for (Header header : copy) {
            checkName(header.name());
            checkValue(header);
            if (header.is("Content-Length")) {
                long length = checkedLength(header.value());
                if (contentLength != UNKNOWN_LENGTH && contentLength != length) {
                    throw new ApplicationViolation(
                            "W63",
                            "start_response",
                            "one Content-Length",
                            "two that differ, " + contentLength + " and " + length,
                            "send the header once");
                }
                repeated = contentLength != UNKNOWN_LENGTH;
                contentLength = length;
            }
        }
        ResponseHead head = new ResponseHead(code, status.substring(4), copy, contentLength);
        // RFC 9110, section 8.6: clients refuse some repeats, so equal ones are sent as one.
        return repeated ? head.withContentLength(contentLength) : head;
    }

    /**
     * The status code.
     *
     * @return 200 to 599
     */
    public int code() {
        return code;
    }

    /**
     * The reason phrase, for protocols and containers that carry one.
     *
     * @return text, possibly empty
     */
    public String reason() {
        return reason;
    }

    /**
     * All headers in the application's order, Content-Length among them if it is known.
     *
     * @return an unmodifiable list
     */
    public List<Header> headers() {
        return headers;
    }

    /**
     * The body's length.
     *
     * @return bytes, or {@link #UNKNOWN_LENGTH}
     */
    public long contentLength() {
        return contentLength;
    }

    /**
     * Whether a response with this status has no body by its nature: 204 and 304 (RFC 9110, section 6.4.1; W64), and 205,
     * which promises an empty one (section 15.3.6).
     *
     * @return whether body bytes are to be swallowed
     */
    public boolean isBodiless() {
        return code == 204 || code == 205 || code == 304;
    }

    /**
     * The same head with a length.
     *
     * @param length bytes, or {@link #UNKNOWN_LENGTH} to take Content-Length away
     * @return a new head
     */
    ResponseHead withContentLength(long length) {
        List<Header> changed = new ArrayList<>(headers.size() + 1);
        for (Header header : headers) {
            if (!header.is("Content-Length")) {
                changed.add(header);
            }
        }
        if (length != UNKNOWN_LENGTH) {
            changed.add(new Header("Content-Length", Long.toString(length)));
        }
        return new ResponseHead(code, reason, List.copyOf(changed), length);
    }

    private static List<Header> checkedCopy(List<Header> headers) {
        if (headers == null || holdsNull(headers)) {
            throw new ApplicationViolation(
                    "W51",
                    "start_response",
                    "a list of headers",
                    headers == null ? "null" : "a null in the list",
                    "pass List.of() where there is no header, and leave absent ones out");
        }
        return List.copyOf(headers);
    }

    /** {@link List#contains} will not do: the lists that {@link List#of} makes refuse to be asked for null. */
    private static boolean holdsNull(List<?> headers) {
        for (Object header : headers) {
            if (header == null) {
                return true;
            }
        }
        return false;
    }

    private static int checkedCode(String status) {
        boolean wellFormed = status != null && status.length() >= 4 && status.charAt(3) == ' ';
        int code = 0;
        for (int i = 0; wellFormed && i < 3; i++) {
            int digit = status.charAt(i) - '0';
            wellFormed = digit >= 0 && digit <= 9;
            code = code * 10 + digit;
        }
        if (!wellFormed || hasControlOrWideChar(status)) {
            throw new ApplicationViolation(
                    "W50",
                    "start_response",
                    "a status of three digits, a space and a reason, without control characters",
                    quote(String.valueOf(status)),
                    "pass a status such as \"404 Not Found\"");
        }
        if (code < 200 || code > 599) {
            throw new ApplicationViolation(
                    "W50",
                    "start_response",
                    "a final status, 200 to 599 (the server itself sends those below)",
                    quote(status),
                    "pass the status that answers the request");
        }
        return code;
    }

    /** Compares names as they are: a lower-case copy of each would be garbage in every response. */
    private static Set<String> caseless(String... names) {
        Set<String> set = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        set.addAll(List.of(names));
        return Collections.unmodifiableSet(set);
    }

    private static void checkName(String name) {
        boolean token = !name.isEmpty();
        for (int i = 0; token && i < name.length(); i++) {
            token = isTokenChar(name.charAt(i));
        }
        if (!token) {
            throw new ApplicationViolation(
                    "W51",
                    "start_response",
                    "a header name of letters, digits and !#$%&'*+-.^_`|~",
                    quote(name),
                    "name the header as RFC 9110, section 5.1, allows");
        }
        if (HOP_BY_HOP.contains(name)) {
            throw new ApplicationViolation(
                    "W52",
                    "start_response",
                    "no hop-by-hop header",
                    quote(name),
                    "leave it out: the connection is the server's");
        }
    }

    /** RFC 9110, section 5.6.2: tchar. */
    private static boolean isTokenChar(char c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || "!#$%&'*+-.^_`|~".indexOf(c) >= 0;
    }

    private static void checkValue(Header header) {
        if (hasControlOrWideChar(header.value())) {
            throw new ApplicationViolation(
                    "W51",
                    "start_response",
                    "a value of ISO-8859-1 characters without controls for header " + quote(header.name()),
                    quote(header.value()),
                    "encode what is not plain text, and never pass on line breaks from a request");
        }
    }

    private static boolean hasControlOrWideChar(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < ' ' || c == 0x7f || c > 0xff) {
                return true;
            }
        }
        return false;
    }

    /** RFC 9110, section 8.6: digits only; no sign, no list. */
    private static long checkedLength(String value) {
        boolean digits = !value.isEmpty() && value.length() <= 18;
        for (int i = 0; digits && i < value.length(); i++) {
            digits = value.charAt(i) >= '0' && value.charAt(i) <= '9';
        }
        if (!digits) {
            throw new ApplicationViolation(
                    "W63",
                    "start_response",
                    "a Content-Length of decimal digits",
                    quote(value),
                    "pass the number of bytes in the body, or leave the header out");
        }
        return Long.parseLong(value);
    }
}

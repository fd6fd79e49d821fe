package io.gangway.exchange;

import static io.gangway.wsgi.RuleViolation.quote;

import io.gangway.wsgi.ApplicationViolation;
import io.gangway.wsgi.Header;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** W50, W51 and W52: which statuses and headers are accepted, which the server repairs, and which it refuses. */
final class HeadRules {
    private static final String WELL_FORMED =
            "a status of three digits, a space and a reason, without control characters";

    /** Final statuses begin here (RFC 9110, section 15.2). */
    private static final int MIN_CODE = 200;

    /** RFC 9110, section 15, defines classes up to here; servers also send 600 to 999 if an application asks for it. */
    private static final int MAX_CODE = 599;

    /** The index of the reason in a status. */
    private static final int REASON = 4;

    /** The maximum number of digits in a Content-Length: eighteen always fit a long. */
    private static final int LENGTH_DIGITS = 18;

    /** RFC 9110, section 7.6.1, and PEP 3333: these headers belong to the connection, and so to the server (W52). */
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

    private HeadRules() {}

    static List<Header> checkedCopy(String where, List<Header> headers) {
        if (headers == null || holdsNull(headers)) {
            throw new ApplicationViolation(
                    "W51",
                    where,
                    "a list of headers",
                    headers == null ? "null" : "a null in the list",
                    "pass List.of() if there are no headers, and leave null entries out");
        }
        return List.copyOf(headers);
    }

    /** {@link List#contains} is no use here: on lists made by {@link List#of}, it throws if it is asked for null. */
    private static boolean holdsNull(List<?> headers) {
        for (Object header : headers) {
            if (header == null) {
                return true;
            }
        }
        return false;
    }

    static int checkedCode(String where, String status) {
        boolean wellFormed =
                status != null && (status.length() == 3 || (status.length() > 3 && status.charAt(3) == ' '));
        int code = 0;
        for (int i = 0; wellFormed && i < 3; i++) {
            int digit = status.charAt(i) - '0';
            wellFormed = digit >= 0 && digit <= 9;
            code = code * 10 + digit;
        }
        if (!wellFormed || hasControlOrWideChar(status)) {
            throw wrongStatus(where, WELL_FORMED, String.valueOf(status));
        }
        if (code < MIN_CODE) {
            throw new ApplicationViolation(
                    "W50",
                    where,
                    "a final status, 200 to 599 (the server itself sends those below)",
                    quote(status),
                    "pass the status that answers the request");
        }
        return code;
    }

    /** What is unusual about an accepted status: it is sent nevertheless, as other servers do. */
    static List<ApplicationViolation> oddities(String where, String status, int code) {
        if (status.length() >= REASON && code <= MAX_CODE) {
            return List.of();
        }
        return List.of(wrongStatus(where, code > MAX_CODE ? "a status from 200 to 599" : WELL_FORMED, status));
    }

    private static ApplicationViolation wrongStatus(String where, String expected, String status) {
        return new ApplicationViolation(
                "W50", where, expected, quote(status), "pass a status such as \"404 Not Found\"");
    }

    /** The text after the code and the space; empty if there is none. */
    static String reason(String status) {
        return status.length() > REASON ? status.substring(REASON) : "";
    }

    /** W52. */
    static boolean isHopByHop(Header header) {
        return HOP_BY_HOP.contains(header.name());
    }

    static List<ApplicationViolation> withHopByHop(
            String where, List<ApplicationViolation> others, List<Header> headers) {
        List<ApplicationViolation> all = new ArrayList<>(others);
        for (Header header : headers) {
            if (isHopByHop(header)) {
                all.add(new ApplicationViolation(
                        "W52",
                        where,
                        "no hop-by-hop header",
                        quote(header.name()),
                        "leave it out: the connection is the server's"));
            }
        }
        return List.copyOf(all);
    }

    /** A set that ignores case, so that no lower-case copy of each name has to be made in every response. */
    static Set<String> caseless(String... names) {
        Set<String> set = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        set.addAll(List.of(names));
        return Collections.unmodifiableSet(set);
    }

    static void checkName(String where, String name) {
        boolean token = !name.isEmpty();
        for (int i = 0; token && i < name.length(); i++) {
            token = isTokenChar(name.charAt(i));
        }
        if (!token) {
            throw new ApplicationViolation(
                    "W51",
                    where,
                    "a header name of letters, digits and !#$%&'*+-.^_`|~",
                    quote(name),
                    "name the header as RFC 9110, section 5.1, allows");
        }
    }

    /** RFC 9110, section 5.6.2: tchar. */
    private static boolean isTokenChar(char c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || "!#$%&'*+-.^_`|~".indexOf(c) >= 0;
    }

    static void checkValue(String where, Header header) {
        if (hasControlOrWideChar(header.value())) {
            throw new ApplicationViolation(
                    "W51",
                    where,
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
    static long checkedLength(String where, String value, long before) {
        boolean digits = !value.isEmpty() && value.length() <= LENGTH_DIGITS;
        for (int i = 0; digits && i < value.length(); i++) {
            digits = value.charAt(i) >= '0' && value.charAt(i) <= '9';
        }
        if (!digits) {
            throw new ApplicationViolation(
                    "W63",
                    where,
                    "a Content-Length of decimal digits",
                    quote(value),
                    "pass the number of bytes in the body, or leave the header out");
        }
        long length = Long.parseLong(value);
        if (before != ResponseHead.UNKNOWN_LENGTH && before != length) {
            throw new ApplicationViolation(
                    "W63",
                    where,
                    "one Content-Length",
                    "two that differ, " + before + " and " + length,
                    "send the header once");
        }
        return length;
    }
}

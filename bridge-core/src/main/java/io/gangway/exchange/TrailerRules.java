package io.gangway.exchange;

import static io.gangway.wsgi.RuleViolation.quote;

import io.gangway.wsgi.ApplicationViolation;
import io.gangway.wsgi.Header;
import java.util.List;
import java.util.Set;

/** A52: which fields may follow a body, and which clients get them. */
final class TrailerRules {
    private static final String EVENT = "http.response.trailers";

    /**
     * RFC 9110, section 6.5.1: a recipient needs these before the body, because they are about its framing, routing, authentication, the request, or the response's control or content.
     */
    private static final Set<String> NEVER_BEHIND = HeadRules.caseless(
            "Age",
            "Authorization",
            "Cache-Control",
            "Content-Encoding",
            "Content-Length",
            "Content-Range",
            "Content-Type",
            "Cookie",
            "Date",
            "Expect",
            "Expires",
            "Host",
            "Location",
            "Max-Forwards",
            "Pragma",
            "Range",
            "Retry-After",
            "Set-Cookie",
            "Vary",
            "WWW-Authenticate");

    /** Bytes, {@link #OVERHEAD} for each field included: Jetty's buffer for trailers in HTTP/1.1. It breaks larger ones off, and tells nobody. */
    private static final int MAX_SIZE = 8 << 10;

    /** As HTTP/2 counts (RFC 9113, section 6.5.2); in HTTP/1.1 a field needs fewer. */
    private static final int OVERHEAD = 32;

    private TrailerRules() {}

    /** ASGI: only a client that says so gets trailers (RFC 9110, section 10.1.4). */
    static boolean areTaken(RequestFacts facts) {
        for (String member : facts.header("TE").orElse("").split(",", -1)) {
            if (member.strip().equalsIgnoreCase("trailers")) {
                return true;
            }
        }
        return false;
    }

    /** A copy, in which every field is allowed. */
    static List<Header> checked(List<Header> trailers) {
        List<Header> copy = HeadRules.checkedCopy(EVENT, trailers);
        int size = 0;
        for (Header trailer : copy) {
            size += trailer.name().length() + trailer.value().length() + OVERHEAD;
            HeadRules.checkName(EVENT, trailer.name());
            HeadRules.checkValue(EVENT, trailer);
            if (HeadRules.isHopByHop(trailer) || NEVER_BEHIND.contains(trailer.name())) {
                throw new ApplicationViolation(
                        "A52",
                        EVENT,
                        "fields that may follow a body (RFC 9110, section 6.5.1)",
                        quote(trailer.name()),
                        "send it in http.response.start, or leave it out");
            }
        }
        if (size > MAX_SIZE) {
            throw new ApplicationViolation(
                    "A52",
                    EVENT,
                    "at most " + MAX_SIZE + " bytes of fields, 32 for each included",
                    size + " bytes",
                    "send large data in the body");
        }
        return copy;
    }

    /** The start has announced what did not come. */
    static ApplicationViolation missing() {
        return new ApplicationViolation(
                "A52",
                "the end of the response",
                "the trailers that its start has announced",
                "none",
                "send " + EVENT + " after the body");
    }
}

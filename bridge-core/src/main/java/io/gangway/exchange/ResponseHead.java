package io.gangway.exchange;

import io.gangway.wsgi.ApplicationViolation;
import io.gangway.wsgi.Header;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * A response's status and headers. Every object keeps W50, W51 and W52, if necessary because the server repaired it.
 *
 * <p>As other servers do, this one sends some responses that break a rule: a status without a reason, a status from 600 to 999,
 * and the other headers if some belong to the connection. {@link #repaired} lists these violations.
 *
 * <p>Immutable. No other code checks headers: containers at best turn CR and LF into spaces, and do not check names at all.
 * Response splitting is impossible only because every head is made here.
 */
public final class ResponseHead {
    /** The length of a body that ends where the iterable does. */
    public static final long UNKNOWN_LENGTH = -1;

    /** Where a WSGI application gives a head. */
    public static final String START_RESPONSE = "start_response";

    /** Where an ASGI application gives a head. */
    public static final String HTTP_START = "http.response.start";

    /** Where an ASGI application gives the head of a response that denies a WebSocket. */
    public static final String DENIAL_START = "websocket.http.response.start";

    private final int code;
    private final String reason;
    private final List<Header> headers;
    private final long contentLength;
    private final List<ApplicationViolation> repaired;
    private final boolean hasTrailers;

    private ResponseHead(
            int code,
            String reason,
            List<Header> headers,
            long contentLength,
            List<ApplicationViolation> repaired,
            boolean hasTrailers) {
        this.code = code;
        this.reason = reason;
        this.headers = headers;
        this.contentLength = contentLength;
        this.repaired = repaired;
        this.hasTrailers = hasTrailers;
    }

    /**
     * Checks what an application gave to start_response.
     *
     * @param status for example {@code 200 OK}
     * @param headers copied, without those that belong to the connection
     * @return the head
     * @throws ApplicationViolation if a rule is broken that the server cannot repair
     */
    public static ResponseHead of(String status, List<Header> headers) {
        return of(START_RESPONSE, status, headers);
    }

    /**
     * Checks what an application gave.
     *
     * @param where for messages: {@link #START_RESPONSE}, or the type of an ASGI event
     * @param status for example {@code 200 OK}
     * @param headers copied, without those that belong to the connection
     * @return the head
     * @throws ApplicationViolation if a rule is broken that the server cannot repair
     */
    public static ResponseHead of(String where, String status, List<Header> headers) {
        int code = HeadRules.checkedCode(where, status);
        List<Header> copy = HeadRules.checkedCopy(where, headers);
        List<ApplicationViolation> repaired = HeadRules.oddities(where, status, code);
        boolean hasHopByHop = false;
        long contentLength = UNKNOWN_LENGTH;
        boolean repeated = false;
        for (Header header : copy) {
            HeadRules.checkName(where, header.name());
            HeadRules.checkValue(where, header);
            hasHopByHop |= HeadRules.isHopByHop(header);
            if (header.is("Content-Length")) {
                long length = HeadRules.checkedLength(where, header.value(), contentLength);
                repeated = contentLength != UNKNOWN_LENGTH;
                contentLength = length;
            }
        }
        if (hasHopByHop) {
            repaired = HeadRules.withHopByHop(where, repaired, copy);
            copy = copy.stream().filter(header -> !HeadRules.isHopByHop(header)).toList();
        }
        ResponseHead head = new ResponseHead(code, HeadRules.reason(status), copy, contentLength, repaired, false);
        // RFC 9110, section 8.6: clients refuse some repeats, so equal ones are sent as one.
        return repeated ? head.withContentLength(contentLength) : head;
    }

    /**
     * The status code.
     *
     * @return 200 to 999
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
     * All headers in the application's order, Content-Length among them if it is known, without hop-by-hop headers (W52).
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
     * The violations that the server accepts or repairs: W50 for a status without a reason or above 599, W52 for each hop-by-hop
     * header.
     *
     * @return an unmodifiable list, nearly always empty
     */
    public List<ApplicationViolation> repaired() {
        return repaired;
    }

    /**
     * Whether a response with this status never has a body: 204 and 304 (RFC 9110, section 6.4.1; W64), and 205,
     * whose body is always empty (section 15.3.6).
     *
     * @return whether body bytes are discarded
     */
    public boolean isBodiless() {
        return code == 204 || code == 205 || code == 304;
    }

    /**
     * Whether trailers follow the body (A52). Where a wire gets the head, also whether the client takes them.
     *
     * @return false for nearly all responses
     */
    public boolean hasTrailers() {
        return hasTrailers;
    }

    /**
     * The same head with one header in place of all of its name.
     *
     * @param header a valid one that does not belong to the connection
     * @return a new head
     */
    public ResponseHead with(Header header) {
        List<Header> changed = new ArrayList<>(headers.size() + 1);
        for (Header each : headers) {
            if (!each.is(header.name())) {
                changed.add(each);
            }
        }
        changed.add(header);
        if (HeadRules.isHopByHop(header) || header.is("Content-Length")) {
            return ResponseHead.of(code + " " + reason, changed).withTrailers(hasTrailers);
        }
        HeadRules.checkName(START_RESPONSE, header.name()); // the others have been checked
        HeadRules.checkValue(START_RESPONSE, header);
        return new ResponseHead(
                code, reason, Collections.unmodifiableList(changed), contentLength, repaired, hasTrailers);
    }

    /**
     * The same head with a length.
     *
     * @param length bytes, or {@link #UNKNOWN_LENGTH} to remove Content-Length
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
        return new ResponseHead(code, reason, Collections.unmodifiableList(changed), length, repaired, hasTrailers);
    }

    /** The same head with or without trailers after the body. */
    ResponseHead withTrailers(boolean announced) {
        return announced == hasTrailers
                ? this
                : new ResponseHead(code, reason, headers, contentLength, repaired, announced);
    }
}

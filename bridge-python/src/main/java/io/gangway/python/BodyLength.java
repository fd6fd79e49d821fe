package io.gangway.python;

import io.gangway.wsgi.Environ;

/** Finds out from a request's environ whether it has a body, and whether the body's length is known. */
final class BodyLength {
    private static final String TRANSFER_ENCODING = "HTTP_TRANSFER_ENCODING";

    private BodyLength() {}

    /** Whether the body is in a transfer coding, which ends it (RFC 9112, section 6.3): there is a body, though it may be empty. */
    static boolean isChunked(Environ environ) {
        return isHttp1(environ) && environ.containsKey(TRANSFER_ENCODING);
    }

    /**
     * Whether there may be a body of unknown length. In HTTP/1 that is a chunked one; HTTP/2 marks the end of a body with a flag, and
     * needs neither a length nor chunks (RFC 9113, section 8.1).
     */
    static boolean isUnknown(Environ environ) {
        return isHttp1(environ) ? isChunked(environ) : !environ.containsKey(Environ.CONTENT_LENGTH);
    }

    /** Whether there is certainly no body (RFC 9112, section 6.3). In HTTP/2 it is never certain: a wrong true would lose a body. */
    static boolean isWithoutBody(Environ environ) {
        return isHttp1(environ)
                && (environ.method().equals("GET") || environ.method().equals("HEAD"))
                && !environ.containsKey(TRANSFER_ENCODING);
    }

    /** Whether a key describes the encoding of the body in transit: an application gets the body decoded, without the key (W42). */
    static boolean isFraming(String key) {
        return key.equals(TRANSFER_ENCODING);
    }

    private static boolean isHttp1(Environ environ) {
        return environ.string(Environ.SERVER_PROTOCOL).startsWith("HTTP/1.");
    }
}

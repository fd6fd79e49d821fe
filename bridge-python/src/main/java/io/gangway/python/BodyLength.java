package io.gangway.python;

import io.gangway.wsgi.Environ;

/** What a request says of its body's length. */
final class BodyLength {
    private static final String TRANSFER_ENCODING = "HTTP_TRANSFER_ENCODING";

    private BodyLength() {}

    /** Whether the body is in a transfer coding, which ends it (RFC 9112, section 6.3): there is a body, though it may be empty. */
    static boolean isChunked(Environ environ) {
        return isHttp1(environ) && environ.containsKey(TRANSFER_ENCODING);
    }

    /**
     * Whether there may be a body whose length nobody has told. In HTTP/1 that is a chunked one; HTTP/2 tells the end of a body by a
     * flag, and needs neither (RFC 9113, section 8.1). What follows a CONNECT is no body (RFC 9110, section 9.3.6).
     */
    static boolean isUnknown(Environ environ) {
        if (environ.method().equals("CONNECT")) {
            return false;
        }
        return isHttp1(environ) ? isChunked(environ) : !environ.containsKey(Environ.CONTENT_LENGTH);
    }

    /** Whether there is no body for sure (RFC 9112, section 6.3); in HTTP/2 a lie here would lose one. */
    static boolean isWithoutBody(Environ environ) {
        return isHttp1(environ)
                && (environ.method().equals("GET") || environ.method().equals("HEAD"))
                && !environ.containsKey(TRANSFER_ENCODING);
    }

    /** Whether a key speaks of the body as it was on its way: an application gets it decoded (W42). */
    static boolean isFraming(String key) {
        return key.equals(TRANSFER_ENCODING);
    }

    private static boolean isHttp1(Environ environ) {
        return environ.string(Environ.SERVER_PROTOCOL).startsWith("HTTP/1.");
    }
}

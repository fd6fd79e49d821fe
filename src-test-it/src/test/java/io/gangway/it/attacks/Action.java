package io.gangway.it.attacks;

import io.gangway.it.attacks.Attack.Protocol;

/** What a client does in a {@link State}. */
enum Action {
    /** RST, as a crashed client's machine sends. */
    RESET_CONNECTION,
    /** FIN in both directions; if unread bytes of the response are there, the system makes an RST of it. */
    CLOSE,
    /** FIN in one direction; the client still reads. */
    HALF_CLOSE,
    /** Neither sends nor reads for a while, then does the rest. */
    PAUSE,
    /** Neither sends nor reads until the server's time is up. */
    STALL,
    /** RST_STREAM; the connection has another request afterwards. */
    RESET_STREAM,
    /** GOAWAY, and then the end. */
    GO_AWAY,
    /** Never opens the window of a stream. */
    KEEP_WINDOW_CLOSED;

    /** Whether it takes as long as the server's time. */
    boolean isLong() {
        return this == STALL || this == KEEP_WINDOW_CLOSED;
    }

    boolean fits(State state, Protocol protocol) {
        return switch (this) {
            case RESET_CONNECTION, CLOSE, HALF_CLOSE, PAUSE, STALL -> true;
            case GO_AWAY -> protocol == Protocol.HTTP_2;
            // After a HEADERS frame without END_HEADERS, no other frame than CONTINUATION is allowed (RFC 9113, section
            // 6.2).
            case RESET_STREAM -> protocol == Protocol.HTTP_2 && state != State.BEFORE_THE_END_OF_THE_HEAD;
            case KEEP_WINDOW_CLOSED ->
                protocol == Protocol.HTTP_2 && state.isWholeRequest() && state.seen() != State.Seen.ANSWER;
        };
    }
}

package io.gangway.it.attacks;

import static io.gangway.it.attacks.Kind.ECHO;
import static io.gangway.it.attacks.Kind.FILE;
import static io.gangway.it.attacks.Kind.IGNORE;
import static io.gangway.it.attacks.Kind.LARGE;
import static io.gangway.it.attacks.Kind.PAUSE;
import static io.gangway.it.attacks.Kind.SILENT;
import static io.gangway.it.attacks.Kind.SLOW;
import static io.gangway.it.attacks.Kind.STREAM;

import java.util.List;

/** A state of an exchange, as the client sees it: what was sent of the request, and what the client has waited for. */
enum State {
    BEFORE_THE_END_OF_THE_HEAD(Sent.PART_OF_HEAD, Seen.NOTHING, ECHO),
    BEFORE_THE_BODY(Sent.HEAD, Seen.NOTHING, ECHO, SLOW, IGNORE),
    IN_A_SIZED_BODY(Sent.PART_OF_BODY, Seen.NOTHING, ECHO, SLOW, IGNORE),
    IN_A_BODY_WITHOUT_LENGTH(Sent.PART_OF_BODY, Seen.NOTHING, ECHO, SLOW, IGNORE),
    WHILE_THE_BODY_IS_READ(Sent.ALL, Seen.NOTHING, SLOW),
    WHILE_THE_APPLICATION_IS_SILENT(Sent.ALL, Seen.CALL, SILENT),
    AFTER_THE_HEAD_OF_THE_RESPONSE(Sent.ALL, Seen.HEAD, PAUSE),
    IN_A_STREAM(Sent.ALL, Seen.BLOCK, STREAM),
    IN_A_LARGE_RESPONSE(Sent.ALL, Seen.BLOCK, LARGE, FILE),
    AFTER_THE_LAST_BYTE(Sent.ALL, Seen.ANSWER, ECHO, IGNORE, STREAM, FILE),
    ANSWERED_BEFORE_THE_END_OF_THE_BODY(Sent.PART_OF_BODY, Seen.ANSWER, IGNORE),
    BEHIND_ANOTHER_REQUEST(Sent.ALL, Seen.CALL, SILENT);

    /** How much of the request the server has. */
    enum Sent {
        PART_OF_HEAD,
        HEAD,
        PART_OF_BODY,
        ALL
    }

    /** What the client waits for before it attacks. */
    enum Seen {
        NOTHING,
        /** The application has read the request, as its journal tells. */
        CALL,
        HEAD,
        /** Some bytes of the response's body. */
        BLOCK,
        /** The whole response. */
        ANSWER
    }

    private final Sent sent;
    private final Seen seen;

    @SuppressWarnings("ImmutableEnumChecker") // List.of
    private final List<Kind> kinds;

    State(Sent sent, Seen seen, Kind... kinds) {
        this.sent = sent;
        this.seen = seen;
        this.kinds = List.of(kinds);
    }

    Sent sent() {
        return sent;
    }

    Seen seen() {
        return seen;
    }

    /** The requests of which one is sent. */
    List<Kind> kinds() {
        return kinds;
    }

    boolean isWholeRequest() {
        return sent == Sent.ALL;
    }

    /** Whether a second request is sent at once with the first: pipelined, or on another stream. */
    boolean isDouble() {
        return this == BEHIND_ANOTHER_REQUEST;
    }

    /** Whether the server collects no body: it would wait for the end of one before it calls the application. */
    boolean needsStreaming() {
        return this == ANSWERED_BEFORE_THE_END_OF_THE_BODY;
    }

    /** Whether the response may be too large for the buffers between an application and a client that does not read. */
    boolean isLarge() {
        return this == IN_A_LARGE_RESPONSE;
    }
}

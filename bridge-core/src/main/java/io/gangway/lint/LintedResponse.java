package io.gangway.lint;

import static io.gangway.exchange.ResponseHead.UNKNOWN_LENGTH;

import io.gangway.exchange.ResponseHead;
import io.gangway.wsgi.ApplicationViolation;
import org.jspecify.annotations.Nullable;

/** The state of a response between application and server; start_response and the body share it. */
final class LintedResponse {
    private static final String BODY = "the body";

    private final Findings findings;
    private final boolean isHead;

    private boolean startCalled;
    private @Nullable ResponseHead head;
    /** The violation of the last call of start_response, if that call was refused. */
    private @Nullable ApplicationViolation refusal;

    private boolean iterating;
    private boolean over;
    private boolean bytesHandedOver;
    private boolean headSent;
    private long bytes;

    LintedResponse(Findings findings, boolean isHead) {
        this.findings = findings;
        this.isHead = isHead;
    }

    /** Notes a call of start_response; returns whether it is the first. */
    boolean startCalled() {
        boolean first = !startCalled;
        startCalled = true;
        return first;
    }

    void accept(ResponseHead accepted) {
        head = accepted;
        refusal = null;
    }

    void refuse(ApplicationViolation violation) {
        head = null;
        refusal = violation;
        findings.report(violation, "start_response");
    }

    /** Whether the server may have sent the head by now, if it keeps W57. */
    boolean mayHaveSentHead() {
        return bytesHandedOver || over;
    }

    /** Whether the server has sent the head, if it keeps W61: it has asked for more after the first bytes. */
    boolean hasSentHead() {
        return headSent;
    }

    /** The iteration has begun: from now on {@code write} must not be called (W53). */
    void iterationBegins() {
        iterating = true;
    }

    boolean isIterating() {
        return iterating;
    }

    boolean isOver() {
        return over;
    }

    /** The server asks for the next block, or returns from a write: it has sent the bytes that it took before. */
    void serverIsBack() {
        headSent = bytesHandedOver;
    }

    /** The server closes the body, so the response is over. */
    void closing() {
        over = true;
    }

    /** Checks a block on its way to the server. */
    void block(byte @Nullable [] block, String where) {
        if (block == null) {
            findings.application(
                    "W60", where, "blocks of bytes", "null", "yield an empty array where there is nothing to send");
        } else if (block.length > 0) {
            bytes(block.length);
        }
    }

    /** Checks bytes on their way to the server. */
    void bytes(int count) {
        requireHead();
        bytesHandedOver = true;
        bytes += count;
        checkNotTooLong();
    }

    /** Checks the response at its end. */
    void end() {
        if (over) {
            return;
        }
        over = true;
        requireHead();
        checkLongEnough();
    }

    /** Checks a file that is returned unchanged; it cannot be checked later. */
    void file(long remaining) {
        iterationBegins();
        requireHead();
        if (remaining == UNKNOWN_LENGTH) {
            return;
        }
        bytes += remaining;
        if (head != null && head.isBodiless()) {
            checkNotTooLong();
        }
        checkLongEnough();
    }

    private void requireHead() {
        if (refusal != null) {
            findings.report(refusal, "start_response");
        } else if (!startCalled) {
            findings.application(
                    "W02",
                    BODY,
                    "start_response to be called before the first non-empty block, or the end",
                    "no call",
                    "call start_response with status and headers");
        }
    }

    private void checkNotTooLong() {
        if (head == null || bytes == 0) {
            return;
        }
        if (head.isBodiless()) {
            findings.application(
                    "W64",
                    BODY,
                    "no bytes with status " + head.code(),
                    "at least " + bytes,
                    "send no bytes, or a status that has a body");
        } else if (isLengthPromised(head) && bytes > head.contentLength()) {
            findings.application(
                    "W63",
                    BODY,
                    "the " + head.contentLength() + " bytes that Content-Length promises",
                    "at least " + bytes,
                    "send the length that the body has, in bytes");
        }
    }

    private void checkLongEnough() {
        if (head != null && isLengthPromised(head) && bytes < head.contentLength()) {
            findings.application(
                    "W63",
                    BODY,
                    "the " + head.contentLength() + " bytes that Content-Length promises",
                    bytes + " in all",
                    "send the length that the body has, in bytes");
        }
    }

    /** On HEAD, Content-Length is the length that GET would send (W64). */
    private boolean isLengthPromised(ResponseHead promising) {
        return !isHead && !promising.isBodiless() && promising.contentLength() != UNKNOWN_LENGTH;
    }
}

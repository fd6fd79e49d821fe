package io.gangway.server;

import static io.gangway.server.ResponseHead.UNKNOWN_LENGTH;

import io.gangway.wsgi.ApplicationViolation;
import io.gangway.wsgi.ClientException;
import org.jspecify.annotations.Nullable;

/**
 * Counts the bytes that go to a sink: never more than Content-Length, never fewer without an error (W63), and none where the
 * response has no body (W64).
 */
final class CountedResponse {
    private final ResponseSink sink;
    private final boolean isHead;

    private @Nullable ResponseHead committed;
    private boolean swallowing;
    private long sent;
    private @Nullable ApplicationViolation surplus;
    private @Nullable ClientException clientLeft;

    CountedResponse(ResponseSink sink, boolean isHead) {
        this.sink = sink;
        this.isHead = isHead;
    }

    boolean isHead() {
        return isHead;
    }

    boolean isCommitted() {
        return committed != null;
    }

    /** The error of a body that exceeded Content-Length, or null; the bytes that fit were sent. */
    @Nullable
    ApplicationViolation surplus() {
        return surplus;
    }

    /** The sink's exception, or null if it has not failed. */
    @Nullable
    ClientException clientLeft() {
        return clientLeft;
    }

    /** Whether no further byte of the application can reach the client. */
    boolean isSettled() {
        return (committed != null && swallowing) || surplus != null;
    }

    /** How many more bytes the client expects; {@link ResponseHead#UNKNOWN_LENGTH} if there is no Content-Length. */
    long missing() {
        if (committed == null || committed.contentLength() == UNKNOWN_LENGTH) {
            return UNKNOWN_LENGTH;
        }
        return swallowing ? 0 : committed.contentLength() - sent;
    }

    /** Whether the client has the whole response already, even if the iteration ends with an exception now. */
    boolean isWhole() {
        return committed != null && (swallowing || missing() == 0);
    }

    /** Tells the sink that the request's body is read no more, if the head can still say so. */
    void inputIsDone() {
        if (committed == null) {
            sink.inputIsDone();
        }
    }

    void commit(ResponseHead head) throws ClientException {
        ResponseHead wire = switch (head.code()) {
            case 204 -> head.contentLength() == UNKNOWN_LENGTH ? head : head.withContentLength(UNKNOWN_LENGTH);
            case 205 -> head.withContentLength(0);
            default -> head;
        };
        committed = wire;
        swallowing = isHead || wire.isBodiless();
        try {
            sink.commit(wire);
        } catch (ClientException e) {
            clientLeft = e;
            throw e;
        } catch (HeadTooLargeException e) {
            committed = null; // so that an error page can take its place
            throw e;
        }
    }

    void write(byte[] data, int length, boolean flush) throws ClientException {
        if (clientLeft != null) {
            throw clientLeft; // the application may have caught it and gone on, and containers reuse a response object
            // that failed
        }
        if (swallowing) {
            return;
        }
        int fitting = length;
        long missing = missing();
        if (missing != UNKNOWN_LENGTH && length > missing) {
            fitting = (int) missing;
            surplus = new ApplicationViolation(
                    "W63",
                    "the body",
                    "the " + (sent + missing) + " bytes that Content-Length promises",
                    "at least " + (sent + length),
                    "send the length that the body has, in bytes");
        }
        if (fitting > 0) {
            try {
                sink.write(data, 0, fitting, flush);
            } catch (ClientException e) {
                clientLeft = e;
                throw e;
            }
            sent += fitting;
        }
    }
}

package io.gangway.exchange;

import static io.gangway.exchange.ResponseHead.UNKNOWN_LENGTH;

import io.gangway.wsgi.ApplicationViolation;
import org.jspecify.annotations.Nullable;

/** The bytes of a response's body that have been given to the wire: never more than Content-Length promises (W63). */
final class BodyCount {
    private long sent;
    private @Nullable ApplicationViolation surplus;

    /** How many bytes the client gets. */
    long sent() {
        return sent;
    }

    /** The error of a body that was longer; null if there is none. */
    @Nullable
    ApplicationViolation surplus() {
        return surplus;
    }

    /**
     * Counts a block.
     *
     * @param length of the block, in bytes
     * @param missing how many more bytes are promised; {@link ResponseHead#UNKNOWN_LENGTH} if there is no promise
     * @return how many bytes of it fit
     */
    int taken(int length, long missing) {
        int fitting = length;
        if (missing != UNKNOWN_LENGTH && length > missing) {
            fitting = (int) missing;
            surplus = tooLong(sent + missing, sent + length);
        }
        sent += fitting;
        return fitting;
    }

    /** Bytes that were counted could not be written. */
    void takeBack(int length) {
        sent -= length;
    }

    /** The error of a body that lacks bytes. */
    static ApplicationViolation tooShort(long missing) {
        return new ApplicationViolation(
                "W63",
                "the body",
                "as many bytes as Content-Length promises",
                missing + " fewer",
                "send the length that the body has, in bytes");
    }

    private static ApplicationViolation tooLong(long promised, long found) {
        return new ApplicationViolation(
                "W63",
                "the body",
                "the " + promised + " bytes that Content-Length promises",
                "at least " + found,
                "send the length that the body has, in bytes");
    }
}

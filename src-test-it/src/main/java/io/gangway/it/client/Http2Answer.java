package io.gangway.it.client;

import org.jspecify.annotations.Nullable;

/**
 * The answer on a stream.
 *
 * @param stream the request's
 * @param head the answer as far as it came; null if the stream was reset before
 * @param reset the code of a reset (RFC 9113, section 7), or {@link #NOT_RESET}
 */
public record Http2Answer(int stream, @Nullable Answer head, int reset) {
    /** The stream came to its end. */
    public static final int NOT_RESET = -1;

    /**
     * The answer.
     *
     * @throws AssertionError if there is none
     */
    public Answer answer() {
        if (head == null) {
            throw new AssertionError("stream " + stream + " was reset with code " + reset);
        }
        return head;
    }

    /** Whether the request was refused as malformed: a status 400, or a reset without an answer (RFC 9113, section 8.1.1). */
    public boolean isRefused() {
        return head == null || head.code() == 400;
    }
}

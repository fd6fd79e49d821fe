package io.gangway.bench.load;

import java.io.IOException;

/** An answer that is not the expected one; the message tells the difference. */
final class BadAnswer extends IOException {
    private static final long serialVersionUID = 1L;

    BadAnswer(String message) {
        super(message);
    }

    /** What went wrong, in words for a report: ours as they are, the system's with their type. */
    static String reason(IOException failure) {
        return failure instanceof BadAnswer ? String.valueOf(failure.getMessage()) : failure.toString();
    }
}

package io.gangway.it.attacks;

import java.util.Locale;

/** What the application does with a request; {@code attacked.py} and {@link AttackedFunction} have one function for each. */
enum Kind {
    /** Reads the body and returns it. */
    ECHO(true),
    /** The same, but reads it in small pieces with pauses. */
    SLOW(true),
    /** Reads the body, notes {@code silent} in the journal, and returns the body after a pause. */
    SILENT(true),
    /** Answers without reading the body. */
    IGNORE(true),
    /** Makes a pause after the first byte of the response. */
    PAUSE(false),
    /** Sends small blocks with pauses, without a length. */
    STREAM(false),
    /** Sends large blocks. */
    LARGE(false),
    /** Sends a part of a file. */
    FILE(false),
    /** Notes {@code silent}, and answers when a test opens the gate. */
    GATHER(false);

    private final boolean hasBody;

    Kind(boolean hasBody) {
        this.hasBody = hasBody;
    }

    boolean hasBody() {
        return hasBody;
    }

    /** Whether only a whole body can be answered with 200. */
    boolean readsBody() {
        return hasBody && this != IGNORE;
    }

    String path() {
        return name().toLowerCase(Locale.ROOT);
    }
}

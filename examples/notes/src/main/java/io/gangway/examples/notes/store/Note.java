package io.gangway.examples.notes.store;

import java.time.Instant;

/** A note as it is stored. */
public record Note(long id, String title, String text, Instant changed) {
    /** Max characters of a title. */
    public static final int MAX_TITLE = 200;
    /** Max characters of a text: about ten printed pages. */
    public static final int MAX_TEXT = 20_000;
}

package io.gangway.examples.notes.store;

import java.time.Instant;

/** A note as it is stored. */
public record Note(long id, String title, String text, Instant changed) {
    /** Characters of a title. */
    public static final int MAX_TITLE = 200;
    /** Characters of a text: some ten printed pages. */
    public static final int MAX_TEXT = 20_000;
}

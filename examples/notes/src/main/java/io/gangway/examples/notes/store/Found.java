package io.gangway.examples.notes.store;

import java.util.List;

/** One page of the notes that a search found. Pages count from 1. */
public record Found(List<Note> notes, int page, int total) {
    /** Max notes on a page. */
    public static final int PAGE_SIZE = 10;

    public int pages() {
        return Math.max(1, (total + PAGE_SIZE - 1) / PAGE_SIZE);
    }
}

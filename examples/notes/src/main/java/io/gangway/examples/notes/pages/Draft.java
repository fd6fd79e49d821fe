package io.gangway.examples.notes.pages;

import io.gangway.examples.notes.store.Note;
import io.gangway.examples.notes.web.Form;

/** The fields of the form for a note; after an error the form is shown again with messages and with the same fields. */
record Draft(String title, String text, String error) {
    static final Draft EMPTY = new Draft("", "", "");

    static Draft of(Note note) {
        return new Draft(note.title(), note.text(), "");
    }

    static Draft of(Form form) {
        String title = form.field("title");
        String text = form.field("text");
        return new Draft(title, text, error(title, text));
    }

    private static String error(String title, String text) {
        if (title.isEmpty()) {
            return "A note needs a title.";
        }
        if (title.length() > Note.MAX_TITLE) {
            return "A title has at most " + Note.MAX_TITLE + " characters; this one has " + title.length() + ".";
        }
        if (text.length() > Note.MAX_TEXT) {
            return "A note has at most " + Note.MAX_TEXT + " characters; this one has " + text.length() + ".";
        }
        return "";
    }
}

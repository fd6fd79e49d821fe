package io.gangway.examples.notes.store;

/** A file that belongs to a note; its content is in {@link Attachments}. */
public record Attachment(long id, String name, long size) {
    /** Characters of a name: what file systems take. */
    public static final int MAX_NAME = 255;
}

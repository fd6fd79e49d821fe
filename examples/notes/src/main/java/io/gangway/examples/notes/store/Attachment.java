package io.gangway.examples.notes.store;

/** A file that belongs to a note; its content is in {@link Attachments}. */
public record Attachment(long id, String name, long size) {
    /** Max characters of a name: the limit of file systems. */
    public static final int MAX_NAME = 255;
}

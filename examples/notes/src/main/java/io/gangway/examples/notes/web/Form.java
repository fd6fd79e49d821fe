package io.gangway.examples.notes.web;

import java.io.IOException;
import java.util.List;
import java.util.Map;

/** The data of a form: fields as text, files on disk. */
public final class Form implements AutoCloseable {
    private final Map<String, String> fields;
    private final List<Upload> uploads;

    Form(Map<String, String> fields, List<Upload> uploads) {
        this.fields = fields;
        this.uploads = uploads;
    }

    /** A field's text without blanks at its ends; empty if the form has no such field. */
    public String field(String name) {
        return fields.getOrDefault(name, "").strip();
    }

    public List<Upload> uploads() {
        return uploads;
    }

    /** Removes the uploads that were not kept. */
    @Override
    public void close() throws IOException {
        for (Upload upload : uploads) {
            upload.close();
        }
    }
}

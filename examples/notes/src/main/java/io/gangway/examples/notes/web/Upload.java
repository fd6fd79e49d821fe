package io.gangway.examples.notes.web;

import java.io.IOException;
import java.nio.file.Path;
import org.apache.commons.fileupload2.core.DiskFileItem;

/** A file that a form sent; it is deleted after the request unless it was kept. */
public final class Upload {
    private final DiskFileItem item;

    Upload(DiskFileItem item) {
        this.item = item;
    }

    /** The visitor's name of the file: only the last part, because some browsers send the whole path. */
    public String name() {
        String name = item.getName().replace('\\', '/');
        return name.substring(name.lastIndexOf('/') + 1);
    }

    public long size() {
        return item.getSize();
    }

    /** Moves the file to its final place. */
    public void keep(Path file) throws IOException {
        item.write(file);
    }

    void close() throws IOException {
        item.delete();
    }
}

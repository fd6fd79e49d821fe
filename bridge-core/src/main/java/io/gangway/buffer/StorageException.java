package io.gangway.buffer;

import io.gangway.log.FileProblem;
import java.io.IOException;
import java.nio.file.Path;

/** The system refuses to store a body: the disk is full, or the directory is missing or not writable. The operator's to fix. */
public final class StorageException extends IOException {
    private static final long serialVersionUID = 1L;

    /**
     * Says what was refused.
     *
     * @param directory where the body was to be stored
     * @param cause the system's own words
     */
    StorageException(Path directory, IOException cause) {
        super("a temporary file in " + directory + " cannot be written (" + FileProblem.inWords(cause) + ")", cause);
    }
}

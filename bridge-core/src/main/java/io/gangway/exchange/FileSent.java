package io.gangway.exchange;

import org.jspecify.annotations.Nullable;

/** Told once that a file was written, or could not be, see {@link Exchange#send(io.gangway.wsgi.FileWrapper, FileSent)}. */
@FunctionalInterface
public interface FileSent {
    /**
     * The file is not needed any more.
     *
     * @param problem null if it was written
     */
    void sent(@Nullable Throwable problem);
}

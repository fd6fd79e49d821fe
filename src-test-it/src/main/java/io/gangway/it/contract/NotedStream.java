package io.gangway.it.contract;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Streams whose end is noted. */
final class NotedStream {
    private NotedStream() {}

    /** The same stream, with a {@code close()} that the journal shows. */
    static InputStream of(Run run, InputStream source) {
        return new FilterInputStream(source) {
            @Override
            public void close() throws IOException {
                run.note("source closed");
                super.close();
            }
        };
    }
}

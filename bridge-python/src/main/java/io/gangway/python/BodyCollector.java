package io.gangway.python;

import io.gangway.buffer.BodyBuffer;
import io.gangway.buffer.BodyStore;
import io.gangway.python.PythonSettings.RequestBuffering;
import io.gangway.wsgi.Environ;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/**
 * Collects request bodies before a worker is claimed, as {@link RequestBuffering} says, on the caller's thread: a client that sends
 * slowly occupies this thread, and no worker.
 *
 * <p>Thread-safe.
 */
final class BodyCollector {
    /** Bytes that are read at once; containers give no more. */
    private static final int PIECE = 16 << 10;

    private final RequestBuffering buffering;
    private final BodyStore store;

    BodyCollector(RequestBuffering buffering, BodyStore store) {
        this.buffering = buffering;
        this.store = store;
    }

    BodyStore store() {
        return store;
    }

    /**
     * Reads a body to its end; the first read sends {@code 100 Continue} (W44).
     *
     * @return the whole body, to be closed by the caller, or empty if the application reads the body
     * @throws io.gangway.wsgi.ClientException if the client stops before the end (W43)
     * @throws io.gangway.buffer.NoRoomException if the deployment's limit for bodies leaves no room
     * @throws io.gangway.buffer.StorageException if the system refuses to store it
     * @throws IOException if the body cannot be read for another reason (W46)
     */
    Optional<BodyBuffer> collect(Environ environ) throws IOException {
        if (buffering == RequestBuffering.OFF || !BodyLength.isUnknown(environ)) {
            return Optional.empty();
        }
        BodyBuffer body = store.newBuffer();
        boolean isWhole = false;
        try {
            read(environ.input(), body);
            isWhole = true;
        } finally {
            if (!isWhole) {
                body.close();
            }
        }
        return Optional.of(body);
    }

    /** Reads the first byte alone: most HTTP/2 requests without a length have no body, and then no buffer is needed. */
    private static void read(InputStream input, BodyBuffer body) throws IOException {
        int first = input.read();
        if (first < 0) {
            return;
        }
        body.append(new byte[] {(byte) first}, 0, 1);
        byte[] piece = new byte[PIECE];
        for (int count = input.read(piece, 0, PIECE); count >= 0; count = input.read(piece, 0, PIECE)) {
            body.append(piece, 0, count);
        }
    }
}

package io.gangway.testing;

import static io.gangway.testing.RequestBody.UNKNOWN_LENGTH;

import io.gangway.wsgi.ClientException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * {@code wsgi.input}: every read after the end of the body returns the end (W41), and a read fails if the client stopped too early
 * (W43).
 *
 * <p>It does not read ahead, so that a test can write the body while the application reads it. Read by the application's thread;
 * {@link #leave} may be called by any thread.
 */
final class RequestInput extends InputStream {
    private final RequestBody body;
    private final long promised;

    private @Nullable InputStream source;
    private long count;
    private boolean ended;

    /** Guarded by this, as {@code left} is: the thread that waits for the client's next bytes. */
    private @Nullable Thread reader;

    private boolean left;

    /** Makes an input with a Content-Length, which in a test may differ from the body's real length. */
    RequestInput(RequestBody body, long promised) {
        this.body = body;
        this.promised = promised;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] data, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, data.length);
        if (length == 0) {
            return 0;
        }
        if (ended || count == promised) {
            return -1;
        }
        int wanted = promised == UNKNOWN_LENGTH ? length : (int) Math.min(length, promised - count);
        int got = receive(data, offset, wanted);
        if (got < 0) {
            if (promised != UNKNOWN_LENGTH) {
                throw new ClientException(
                        "the client stopped after " + count + " of the " + promised + " bytes of its body",
                        new EOFException());
            }
            ended = true;
            return -1;
        }
        count += got;
        return got;
    }

    private int receive(byte[] data, int offset, int length) throws IOException {
        waiting(Thread.currentThread());
        try {
            if (source == null) {
                source = body.source().open();
            }
            return source.read(data, offset, length);
        } catch (IOException e) {
            throw new ClientException("the client's body failed after " + count + " bytes", e);
        } finally {
            waiting(null);
        }
    }

    private synchronized void waiting(@Nullable Thread thread) throws ClientException {
        if (left && thread == null) {
            Thread.interrupted(); // the interrupt was only for the read
        }
        reader = thread;
        if (left) {
            throw new ClientException("the client left", new EOFException());
        }
    }

    /** The client leaves: a read that waits for it fails, and so does every later read. */
    synchronized void leave() {
        left = true;
        if (reader != null) {
            reader.interrupt();
        }
    }

    /** Closes the body's source if it was opened; called after the application has returned. */
    void release() throws IOException {
        if (source != null) {
            source.close();
        }
    }
}

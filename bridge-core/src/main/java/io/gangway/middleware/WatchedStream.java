package io.gangway.middleware;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Counts the bytes of a file that is read, and records an exception of a read. */
final class WatchedStream extends FilterInputStream {
    private final AccessRecord access;
    private final Runnable afterClose;
    private boolean closed;

    WatchedStream(InputStream source, AccessRecord access, Runnable afterClose) {
        super(source);
        this.access = access;
        this.afterClose = afterClose;
    }

    @Override
    public int read() throws IOException {
        byte[] single = new byte[1];
        return read(single, 0, 1) < 0 ? -1 : single[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        try {
            int count = super.read(buffer, offset, length);
            access.sent(Math.max(0, count));
            return count;
        } catch (IOException | RuntimeException e) {
            access.failed(e);
            throw e;
        }
    }

    @Override
    public void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        try {
            super.close();
        } finally {
            afterClose.run();
        }
    }
}

package io.gangway.bench;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import org.jspecify.annotations.Nullable;

/** Takes a response and forgets it; what it does not take throws. */
final class StubResponse extends HttpServletResponseWrapper {
    private final Counter output = new Counter();
    private int status = SC_OK;
    private int headers;

    StubResponse() {
        super(Stubs.untouched(HttpServletResponse.class));
    }

    void clear() {
        output.count = 0;
        headers = 0;
        status = SC_OK;
    }

    /** Whether a whole answer came: status, type and length, and the body. */
    boolean isComplete(byte[] body) {
        return status == SC_OK && headers >= 2 && output.count == body.length;
    }

    @Override
    public ServletOutputStream getOutputStream() {
        return output;
    }

    @Override
    public boolean isCommitted() {
        return false;
    }

    @Override
    public int getStatus() {
        return status;
    }

    @Override
    public void setStatus(int code) {
        status = code;
    }

    @Override
    public boolean containsHeader(String name) {
        return false;
    }

    @Override
    public void setHeader(String name, String value) {
        headers++;
    }

    @Override
    public void addHeader(String name, String value) {
        headers++;
    }

    @Override
    public void setContentType(String type) {
        headers++;
    }

    @Override
    public void setCharacterEncoding(@Nullable String charset) {
        headers++;
    }

    @Override
    public void setContentLength(int length) {
        headers++;
    }

    @Override
    public void setContentLengthLong(long length) {
        headers++;
    }

    private static final class Counter extends ServletOutputStream {
        private long count;

        @Override
        public void write(int octet) {
            count++;
        }

        @Override
        public void write(byte[] data, int offset, int length) {
            count += length;
        }

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void setWriteListener(WriteListener listener) {
            throw new UnsupportedOperationException("the benchmark's stub is not asynchronous");
        }
    }
}

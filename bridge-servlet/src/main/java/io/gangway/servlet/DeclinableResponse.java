package io.gangway.servlet;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.Writer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Keeps the container's 404 or 405 from the client, so that the application can be asked.
 *
 * <p>The decision falls when the container would send something: with such a status, its page goes nowhere; with any other,
 * everything passes as it is.
 */
final class DeclinableResponse extends HttpServletResponseWrapper {
    private final HttpServletResponse response;
    /** What filters in front had set, to be left as it was. */
    private final Map<String, List<String>> headersBefore = new LinkedHashMap<>();

    private boolean errorWithheld;

    DeclinableResponse(HttpServletResponse response) {
        super(response);
        this.response = response;
        response.getHeaderNames().forEach(name -> headersBefore.put(name, List.copyOf(response.getHeaders(name))));
    }

    /** If the container declined, undoes what it did to the response, and says so. */
    boolean takeBackIfDeclined() {
        if (!isDeclined() || response.isCommitted()) {
            return false;
        }
        response.reset();
        headersBefore.forEach((name, values) -> {
            response.setHeader(name, values.get(0));
            values.subList(1, values.size()).forEach(value -> response.addHeader(name, value));
        });
        return true;
    }

    private boolean isDeclined() {
        return errorWithheld || DeclinableSink.declines(getStatus());
    }

    @Override
    public void sendError(int status) throws IOException {
        if (DeclinableSink.declines(status)) {
            errorWithheld = true;
        } else {
            super.sendError(status);
        }
    }

    @Override
    public void sendError(int status, String message) throws IOException {
        if (DeclinableSink.declines(status)) {
            errorWithheld = true;
        } else {
            super.sendError(status, message);
        }
    }

    @Override
    public void reset() {
        errorWithheld = false;
        super.reset();
    }

    @Override
    public void flushBuffer() throws IOException {
        if (!isDeclined()) {
            super.flushBuffer();
        }
    }

    @Override
    public ServletOutputStream getOutputStream() throws IOException {
        return isDeclined() ? new NullOutputStream() : super.getOutputStream();
    }

    @Override
    public PrintWriter getWriter() throws IOException {
        return isDeclined() ? new PrintWriter(Writer.nullWriter()) : super.getWriter();
    }

    /** Takes the page that nobody will see. */
    private static final class NullOutputStream extends ServletOutputStream {
        private final OutputStream nowhere = OutputStream.nullOutputStream();

        @Override
        public void write(int b) throws IOException {
            nowhere.write(b);
        }

        @Override
        public void write(byte[] data, int offset, int length) throws IOException {
            nowhere.write(data, offset, length);
        }

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void setWriteListener(WriteListener listener) {
            throw new IllegalStateException("a declined response takes no asynchronous writes");
        }
    }
}

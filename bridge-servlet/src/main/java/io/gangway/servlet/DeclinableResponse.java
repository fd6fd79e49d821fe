package io.gangway.servlet;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Keeps the container's 404 or 405 from the client, so that the application can be asked.
 *
 * <p>The decision is made when the container would send something: if the status is 404 or 405, its page is dropped; with any other
 * status, the response passes unchanged. Once the request is asynchronous, every response passes: the filter has returned by the time of
 * the answer, and could not ask the application any more.
 */
final class DeclinableResponse extends HttpServletResponseWrapper {
    /** The request attribute that says, in later dispatches too, that a servlet answers for itself. */
    private static final String ASYNCHRONOUS = "io.gangway.servlet.asynchronous";

    private final HttpServletResponse response;
    /** The headers that earlier filters have set, which stay as they are. */
    private final Map<String, List<String>> headersBefore = new LinkedHashMap<>();

    private boolean errorWithheld;
    /** Also read by the thread that answers an asynchronous request. */
    private volatile boolean isAsynchronous;

    DeclinableResponse(HttpServletResponse response) {
        super(response);
        this.response = response;
        response.getHeaderNames().forEach(name -> headersBefore.put(name, List.copyOf(response.getHeaders(name))));
    }

    /** Whether a servlet behind the filter made a request asynchronous, and has dispatched it: Jetty then calls the filter once more. */
    static boolean isAnsweredByServlet(HttpServletRequest request) {
        return request.getAttribute(ASYNCHRONOUS) != null;
    }

    /** The request for this response's servlets. It notes that they start asynchronous work, because that work may have ended when we ask. */
    HttpServletRequest noticing(HttpServletRequest request) {
        return new HttpServletRequestWrapper(request) {
            @Override
            public AsyncContext startAsync() {
                AsyncContext started = super.startAsync();
                becomesAsynchronous();
                return started;
            }

            @Override
            public AsyncContext startAsync(ServletRequest servletRequest, ServletResponse servletResponse) {
                AsyncContext started = super.startAsync(servletRequest, servletResponse);
                becomesAsynchronous();
                return started;
            }

            private void becomesAsynchronous() {
                setAttribute(ASYNCHRONOUS, true);
                isAsynchronous = true;
            }
        };
    }

    /** If the container declined, undoes its changes to the response. Returns whether it declined. */
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
        return !isAsynchronous && (errorWithheld || DeclinableSink.declines(getStatus()));
    }

    /** The error's status decides, and not a status that was set before. */
    private boolean withholds(int status) {
        errorWithheld |= !isAsynchronous && DeclinableSink.declines(status);
        return errorWithheld && !isAsynchronous;
    }

    @Override
    public void sendError(int status) throws IOException {
        if (!withholds(status)) {
            super.sendError(status);
        }
    }

    @Override
    public void sendError(int status, String message) throws IOException {
        if (!withholds(status)) {
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
        if (!isDeclined()) {
            containersStream(); // which makes getWriter() fail from now on, as without this wrapper
        }
        return new UndecidedStream();
    }

    @Override
    public PrintWriter getWriter() throws IOException {
        if (!isDeclined()) {
            containersWriter(); // which fixes the encoding, as without this wrapper
        }
        return new PrintWriter(new UndecidedWriter());
    }

    private ServletOutputStream containersStream() throws IOException {
        return super.getOutputStream();
    }

    private PrintWriter containersWriter() throws IOException {
        return super.getWriter();
    }

    /** Decides at each write where it goes: a servlet may set a status, or start asynchronous work, after it has got the stream. */
    private final class UndecidedStream extends ServletOutputStream {
        @Override
        public void write(int b) throws IOException {
            if (!isDeclined()) {
                containersStream().write(b);
            }
        }

        @Override
        public void write(byte[] data, int offset, int length) throws IOException {
            if (!isDeclined()) {
                containersStream().write(data, offset, length);
            }
        }

        @Override
        public void flush() throws IOException {
            if (!isDeclined()) {
                containersStream().flush();
            }
        }

        @Override
        public void close() throws IOException {
            if (!isDeclined()) {
                containersStream().close();
            }
        }

        @Override
        public boolean isReady() {
            return unchecked().isReady();
        }

        @Override
        public void setWriteListener(WriteListener listener) {
            unchecked().setWriteListener(listener);
        }

        private ServletOutputStream unchecked() {
            try {
                return containersStream();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Decides at each write, as the stream does. */
    private final class UndecidedWriter extends Writer {
        @Override
        public void write(char[] text, int offset, int length) throws IOException {
            if (!isDeclined()) {
                containersWriter().write(text, offset, length);
            }
        }

        @Override
        public void write(String text, int offset, int length) throws IOException {
            if (!isDeclined()) {
                containersWriter().write(text, offset, length);
            }
        }

        @Override
        public void flush() throws IOException {
            if (!isDeclined() && containersWriter().checkError()) { // which flushes
                throw new IOException("the client has left");
            }
        }

        @Override
        public void close() throws IOException {
            if (!isDeclined()) {
                containersWriter().close();
            }
        }
    }
}

package io.gangway.bench;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** The HTTP rows of {@code run asgi-java} by hand: an asynchronous servlet, for which no thread waits. */
final class LiveServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        AsyncContext context = request.startAsync();
        context.setTimeout(0);
        response.setContentType(Answers.TEXT);
        response.setHeader("Server", Answers.SERVER);
        switch (request.getRequestURI()) {
            case LiveAnswers.POST -> request.getInputStream().setReadListener(new Counting(request, response, context));
            case LiveAnswers.STREAM -> writeWith(new Streaming(response, context), response);
            default -> answer(Answers.HELLO, response, context);
        }
    }

    private static void answer(byte[] body, HttpServletResponse response, AsyncContext context) throws IOException {
        response.setContentLength(body.length);
        writeWith(new Answering(body, response, context), response);
    }

    private static void writeWith(WriteListener listener, HttpServletResponse response) throws IOException {
        response.getOutputStream().setWriteListener(listener);
    }

    /** Counts a body, then answers. */
    private static final class Counting implements ReadListener {
        private final byte[] buffer = new byte[16 * 1024];
        private final ServletInputStream input;
        private final HttpServletResponse response;
        private final AsyncContext context;
        private long count;

        Counting(HttpServletRequest request, HttpServletResponse response, AsyncContext context) throws IOException {
            this.input = request.getInputStream();
            this.response = response;
            this.context = context;
        }

        @Override
        public void onDataAvailable() throws IOException {
            while (input.isReady() && !input.isFinished()) {
                count += Math.max(0, input.read(buffer));
            }
        }

        @Override
        public void onAllDataRead() throws IOException {
            answer(LiveAnswers.count(count), response, context);
        }

        @Override
        public void onError(Throwable problem) {
            context.complete();
        }
    }

    /** Writes a small body. */
    private static final class Answering implements WriteListener {
        private final byte[] body;
        private final ServletOutputStream output;
        private final AsyncContext context;
        private boolean isWritten;

        Answering(byte[] body, HttpServletResponse response, AsyncContext context) throws IOException {
            this.body = body;
            this.output = response.getOutputStream();
            this.context = context;
        }

        @Override
        public void onWritePossible() throws IOException {
            if (!isWritten) {
                isWritten = true;
                output.write(body);
            }
            if (output.isReady()) {
                context.complete();
            }
        }

        @Override
        public void onError(Throwable problem) {
            context.complete();
        }
    }

    /** Writes the blocks, and flushes each: a client that keeps up has it at once. */
    private static final class Streaming implements WriteListener {
        private final ServletOutputStream output;
        private final AsyncContext context;
        private int written;

        Streaming(HttpServletResponse response, AsyncContext context) throws IOException {
            this.output = response.getOutputStream();
            this.context = context;
        }

        @Override
        public void onWritePossible() throws IOException {
            boolean isFlushed = true;
            while (output.isReady()) {
                if (!isFlushed) {
                    output.flush();
                    isFlushed = true;
                } else if (written < LiveAnswers.BLOCKS) {
                    output.write(LiveAnswers.BLOCK);
                    written++;
                    isFlushed = false;
                } else {
                    context.complete();
                    return;
                }
            }
        }

        @Override
        public void onError(Throwable problem) {
            context.complete();
        }
    }
}

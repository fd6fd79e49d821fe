package io.gangway.servlet;

import io.gangway.exchange.ResponseHead;
import io.gangway.exchange.ResponseSink;
import io.gangway.wsgi.ClientException;
import io.gangway.wsgi.Header;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes a response to the container's blocking stream. */
final class ServletSink implements ResponseSink {
    private final HttpServletResponse response;
    private final RequestBody requestBody;
    private final HeadWriter heads;
    private @Nullable ServletOutputStream output;

    ServletSink(HttpServletResponse response, RequestBody requestBody, HeadWriter heads) {
        this.response = response;
        this.requestBody = requestBody;
        this.heads = heads;
    }

    @Override
    public void check(ResponseHead head) {
        heads.check(head);
    }

    @Override
    public void inputIsDone() {
        RequestBody.skip(requestBody.request());
    }

    @Override
    public void commit(ResponseHead head) throws ClientException {
        if (response.isCommitted()) {
            if (requestBody.failure() != null) {
                throw requestBody.failure();
            }
            throw new IllegalStateException("the servlet response was committed before the application's own began:"
                    + " something wrote to jakarta.servlet.response, or a filter answered already");
        }
        heads.check(head);
        heads.write(head);
    }

    @Override
    public void write(byte[] data, int offset, int length, boolean flush) throws ClientException {
        try {
            if (output == null) {
                output = response.getOutputStream();
            }
            output.write(data, offset, length);
            if (flush) {
                output.flush();
            }
        } catch (IOException e) {
            throw new ClientException("the client left before its response was complete", e);
        }
    }

    @Override
    public void trailers(List<Header> trailers) {
        heads.trailers(trailers);
    }
}

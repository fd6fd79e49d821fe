package io.gangway.servlet;

import io.gangway.exchange.ResponseHead;
import io.gangway.exchange.ResponseSink;
import io.gangway.wsgi.ClientException;
import io.gangway.wsgi.Header;
import java.util.List;

/** Keeps an application's 404 or 405 from the client, so that the container can be asked. */
final class DeclinableSink implements ResponseSink {
    private final ResponseSink sink;
    private boolean isInputDone;
    private boolean declined;

    DeclinableSink(ResponseSink sink) {
        this.sink = sink;
    }

    /** Whether a status means that the other side should be asked for an answer. */
    static boolean declines(int status) {
        return status == 404 || status == 405;
    }

    boolean isDeclined() {
        return declined;
    }

    /** Kept until the status is known: if it declines, the other side may read the body. */
    @Override
    public void inputIsDone() {
        isInputDone = true;
    }

    @Override
    public void commit(ResponseHead head) throws ClientException {
        declined = declines(head.code());
        if (!declined) {
            if (isInputDone) {
                sink.inputIsDone();
            }
            sink.commit(head);
        }
    }

    @Override
    public void write(byte[] data, int offset, int length, boolean flush) throws ClientException {
        if (!declined) {
            sink.write(data, offset, length, flush);
        }
    }

    @Override
    public void trailers(List<Header> trailers) {
        if (!declined) {
            sink.trailers(trailers);
        }
    }
}

package io.gangway.servlet;

import static java.util.Objects.requireNonNull;

import io.gangway.exchange.ResponseHead;
import io.gangway.wsgi.ClientException;
import io.gangway.wsgi.Header;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The response of a {@link NonBlockingWire}: written only after a callback of the container, or while {@code isReady()} is true (Servlet 6.0, section 5.8). Filters may still be
 * at work before the first callback, so the head too is held until then.
 *
 * <p>Guarded by the wire's lock, except for the signal and what says so.
 */
final class NonBlockingResponse {
    private final HttpServletResponse response;
    private final HeadWriter heads;
    private final ServletOutputStream output;
    private final BufferOutput buffers;
    private final AtomicBoolean signal = new AtomicBoolean();
    private boolean isWaiting = true; // until the first callback
    private boolean isAwaited;
    private @Nullable ResponseHead head;
    private boolean isHeadPut;
    /** The request's body, if nothing reads it any more. */
    private @Nullable NonBlockingBody unread;

    private @Nullable ByteBuffer pending;
    private int length;
    private boolean isFlushOwed;
    /** Since when the client is waited for; 0 if it is not. */
    private volatile long waitingSince;

    NonBlockingResponse(HttpServletResponse response, HeadWriter heads, BufferOutput buffers) throws IOException {
        this.response = response;
        this.heads = heads;
        this.output = response.getOutputStream();
        this.buffers = buffers;
    }

    /** Whether direct buffers can be written. */
    boolean isDirectTaken() {
        return buffers.isFor(output);
    }

    void listen(WriteListener listener) {
        output.setWriteListener(listener);
    }

    /** The container has called: there may be room. Takes no lock. */
    AtomicBoolean signal() {
        return signal;
    }

    /** Whether the client is waited for. Takes no lock. */
    boolean isWaitedFor() {
        return waitingSince != 0;
    }

    /** Whether nothing can be written now. */
    boolean isWaiting() {
        return isWaiting;
    }

    boolean isHeadPut() {
        return isHeadPut;
    }

    /** Nothing reads the request's body any more: containers close the connection of HTTP/1 if the rest of it has not arrived. */
    void inputIsDone(NonBlockingBody body) {
        unread = body;
    }

    void head(ResponseHead given) {
        heads.check(given);
        head = given;
    }

    /** Takes the trailers. Needs no lock. */
    void trailers(List<Header> trailers) {
        heads.trailers(trailers);
    }

    /** Writes as {@link io.gangway.exchange.Wire#write} says. */
    boolean write(ByteBuffer data, boolean flush, long now) throws IOException {
        isFlushOwed |= flush;
        pending = data;
        length = data.remaining();
        boolean isFree = !isWaiting && isWritten();
        isAwaited = !isFree;
        waitingSince = isFree ? 0 : now | 1;
        return isFree;
    }

    /** After a callback: writes what is pending. Returns whether everything is written, and there is room. */
    boolean proceed() throws IOException {
        isWaiting = !output.isReady();
        return !isWaiting && isWritten();
    }

    /** Whether the application is to be told that there is room; it is told once. */
    boolean takeAwaited() {
        boolean isToBeTold = isAwaited;
        isAwaited = false;
        waitingSince = 0;
        return isToBeTold;
    }

    private boolean isWritten() throws IOException {
        ByteBuffer data = pending;
        if (data != null) {
            putHead();
            pending = null;
            if (!data.hasRemaining()) {
                // the head alone, which the flush sends
            } else if (data.isDirect()) {
                buffers.write(output, data);
            } else {
                output.write(data.array(), data.arrayOffset() + data.position(), data.remaining());
            }
            isWaiting = !output.isReady();
        }
        if (!isWaiting && isFlushOwed) {
            isFlushOwed = false;
            output.flush();
            isWaiting = !output.isReady();
        }
        return !isWaiting;
    }

    /** Puts the head into the response, if that has not happened; with it, a response without a body is whole. */
    void putHead() throws ClientException {
        if (!isHeadPut) {
            boolean isMoreToCome = unread != null && unread.isMoreToCome();
            isHeadPut = true;
            heads.write(requireNonNull(head));
            if (isMoreToCome) {
                response.setHeader("Connection", "close"); // RFC 9112, section 9.6: the client must know
            }
        }
    }

    /** Sends what has been written, if that does not take a wait: an answer in its place would hide that it is incomplete. */
    void commit() throws IOException {
        if (head == null) {
            return; // even the error page was refused: the container answers
        }
        putHead();
        if (!isWaiting) {
            output.flush();
        }
    }

    /** Sets the status of a response that nothing was written to: should anybody still read it, the container would say 200. */
    void unanswered(int status) {
        if (!isHeadPut && !response.isCommitted()) {
            response.setStatus(status);
        }
    }

    /** Forgets what could not be written. */
    void drop() {
        pending = null;
    }

    /** Whether the client takes the pending bytes too slowly. */
    boolean isTooSlow(long now, DataRate min) {
        return waitingSince != 0 && isHeadPut && now - waitingSince > min.nanosFor(length);
    }
}

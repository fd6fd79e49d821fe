package io.gangway.servlet;

import static java.util.Objects.requireNonNull;

import io.gangway.wsgi.ClientException;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The request's body of a {@link NonBlockingWire}: read only after a callback of the container, or while {@code isReady()} is true (Servlet 6.0, section 3.7).
 *
 * <p>Guarded by the wire's lock, except for the signal and what says so.
 */
final class NonBlockingBody {
    /** Max bytes that are skipped so that a connection can be kept: as many as Jetty skips. */
    private static final int MAX_SKIPPED = 256 << 10;

    private static final int PIECE = 16 << 10;

    /** All requests write into it, and nothing is ever read from it. */
    private static final byte[] SKIPPED = new byte[PIECE];

    private final HttpServletRequest request;
    /** Whether the client waits for {@code 100 Continue}, which Jetty sends when it is asked for the stream (W44). */
    private final boolean isContinueAwaited;
    /** Whether a response can still be written when a read has failed: Tomcat then answers in its place. */
    private final boolean isAnswerableAfterReadError;

    private @Nullable ServletInputStream input;
    private @Nullable ReadListener listener;
    private final AtomicBoolean signal = new AtomicBoolean();
    private boolean isWaiting = true; // until the first callback
    private volatile boolean isAwaited;
    private volatile boolean isAtEnd; // written under the lock
    /** Whether the end counts only when the container has told it; see {@link #isEndTold}. */
    private final boolean isLengthUnknown;

    private volatile boolean isEndTold; // by the container's callback, which takes no lock
    private long delivered;
    /** The time spent in waiting for the client, in nanoseconds, and since when it is waited for now; 0 if it is not. */
    private long waited;

    private long waitingSince;
    private @Nullable ClientException failure;

    /**
     * The body of a request.
     *
     * @param hasBody if not, the container's stream is not asked for
     * @param container decides what is possible after an error
     */
    NonBlockingBody(HttpServletRequest request, boolean hasBody, Container container) {
        this.request = request;
        this.isAnswerableAfterReadError = container == Container.JETTY;
        this.isContinueAwaited = request.getHeader("Expect") != null;
        this.isAtEnd = !hasBody;
        this.isLengthUnknown = request.getContentLengthLong() < 0;
    }

    /** Asks the container for its stream, unless the client waits for {@code 100 Continue}: then the first read does, which comes within {@code service()} too. */
    void listen(ReadListener wanting) {
        listener = wanting;
        if (!isAtEnd && !isContinueAwaited) {
            try {
                open();
            } catch (IOException e) {
                failure = new ClientException("the container does not give the request's body", e);
            }
        }
    }

    private ServletInputStream open() throws IOException {
        ServletInputStream opened = request.getInputStream();
        opened.setReadListener(requireNonNull(listener));
        input = opened;
        return opened;
    }

    /** The container has called: there may be more to read. Takes no lock. */
    AtomicBoolean signal() {
        return signal;
    }

    /**
     * The container says that all data has been read. Without a Content-Length only this is the end of a body: when a body breaks off, Jetty empties its stream before it
     * reports the error, and a read in between finds an end. Takes no lock.
     */
    void endIsTold() {
        isEndTold = true;
    }

    /** Whether the application is to be told that it may read. Takes no lock. */
    boolean isToBeTold() {
        return isAwaited && signal.get();
    }

    /** As {@link #isToBeTold}; it is told once. */
    boolean takeSignal(long now) {
        if (!isAwaited || !signal.getAndSet(false)) {
            return false;
        }
        isWaiting = false;
        endWait(now);
        return true;
    }

    private void endWait(long now) {
        waited += now - waitingSince;
        waitingSince = 0;
        isAwaited = false;
    }

    /** Whether the application waits for the client. Takes no lock. */
    boolean isAwaited() {
        return isAwaited;
    }

    /** Whether all of it has been read. */
    boolean isAtEnd() {
        return isAtEnd;
    }

    /** Reads what is there, as {@link io.gangway.exchange.Wire#read} says. The request must be open. */
    int read(byte[] target, int offset, int length) throws IOException {
        if (isAtEnd) {
            return -1;
        }
        if (failure != null) {
            throw failure;
        }
        int count = readNow(input == null ? open() : input, target, offset, length);
        if (count < 0 && isLengthUnknown && !isEndTold) {
            await();
            return 0;
        }
        if (count < 0) {
            RequestBody.checkNotTaken(request, delivered);
            isAtEnd = true;
        }
        return count;
    }

    private int readNow(ServletInputStream stream, byte[] target, int offset, int length) throws ClientException {
        try {
            if (signal.getAndSet(false)) {
                isWaiting = false;
            }
            if (!isWaiting && stream.isFinished()) {
                return -1;
            }
            if (isWaiting || !stream.isReady()) {
                await();
                return 0;
            }
            int count = stream.read(target, offset, length);
            if (count > 0) {
                count += readOn(stream, target, offset + count, length - count);
                delivered += count;
            }
            return count;
        } catch (IOException | RuntimeException e) {
            throw failure(e);
        }
    }

    /** Reads what else is there: containers give a body in small pieces, and whoever reads it may take each to another process. A failure is the next read's. */
    private int readOn(ServletInputStream stream, byte[] target, int offset, int length) {
        int total = 0;
        try {
            while (total < length && !stream.isFinished()) {
                if (!stream.isReady()) {
                    isWaiting = true; // until the callback; the client is not waited for
                    break;
                }
                int count = stream.read(target, offset + total, length - total);
                if (count <= 0) {
                    break;
                }
                total += count;
            }
        } catch (IOException | RuntimeException e) {
            failure = failure(e);
        }
        return total;
    }

    private static ClientException failure(Exception problem) {
        return problem instanceof ClientException known // our own server's limit was passed
                ? known
                // Jetty throws runtime exceptions for a body whose framing is wrong.
                : new ClientException("the client did not send its request body to the end", problem);
    }

    private void await() {
        isWaiting = true;
        isAwaited = true;
        waitingSince = System.nanoTime() | 1;
    }

    boolean isAnswerableAfterReadError() {
        return isAnswerableAfterReadError;
    }

    /**
     * Skips what has arrived of the rest, if nothing reads it any more. Returns whether there is more to come. The request must be open.
     *
     * @throws ClientException if the client broke it off, and the container answers that
     */
    boolean isMoreToCome() throws ClientException {
        if (input == null) {
            return !isAtEnd; // the client may not have sent it, as it waits to be asked
        }
        if (failure != null) {
            return true;
        }
        try {
            for (int left = MAX_SKIPPED; left > 0; left -= PIECE) {
                int count = isAtEnd ? -1 : readNow(input, SKIPPED, 0, PIECE);
                if (failure != null) {
                    throw failure;
                }
                if (count <= 0) {
                    isAwaited = false;
                    waitingSince = 0;
                    isAtEnd |= count < 0;
                    return count == 0;
                }
            }
        } catch (ClientException e) {
            if (!isAnswerableAfterReadError) {
                throw e;
            }
        }
        return true;
    }

    /** The client stopped in the middle of its body: the next read says so. */
    void fail(ClientException how) {
        failure = how;
        isWaiting = false;
        signal.set(true);
    }

    /** Whether the client has been waited for too long. */
    boolean isTooSlow(long now, DataRate min) {
        return waitingSince != 0 && waited + now - waitingSince > min.nanosFor(delivered);
    }

    /** Makes the next read fail, because the client is too slow. */
    void failAsTooSlow(long now, DataRate min) {
        failure = min.missed();
        endWait(now);
    }

    /** Does not count this wait until now: it was not the client's. */
    void waitAnew(long now) {
        waitingSince = now;
    }
}

package io.gangway.servlet;

import static java.util.Objects.requireNonNull;

import io.gangway.exchange.Outcome.Ending;
import io.gangway.exchange.ResponseHead;
import io.gangway.exchange.Wire;
import io.gangway.servlet.watch.ClientConnection;
import io.gangway.servlet.watch.Connections;
import io.gangway.wsgi.ClientException;
import io.gangway.wsgi.Header;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ReadListener;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A wire of a suspended request, for which no thread waits: the Servlet API's listeners (Servlet 6.0, sections 2.3.3.3, 3.7 and 5.8).
 *
 * <p>{@link Suspension} says who may touch the container's objects, and when. In addition:
 *
 * <ol>
 *   <li>Listeners are set by {@link #attach}, on the container's thread within {@code service()}. Nothing of the request is touched by another thread before the
 *       container's first callback, because filters may still be at work.
 *   <li>After {@code isReady()} was false there is no access to that stream until its callback. Both sides begin as if it had been false.
 *   <li>The application is told of events after unlocking.
 * </ol>
 */
final class NonBlockingWire implements Wire {
    private static final int TELL_READABLE = 1;
    private static final int TELL_WRITABLE = 2;
    private static final int TELL_LEFT = 4;
    private static final int TELL_ENDED = 8;

    private final HttpServletRequest request;
    private final NonBlockingBody body;
    private final NonBlockingResponse response;
    private final Suspension suspension;
    private final ReentrantLock lock;
    private final ClientWatch watch;
    private final boolean isHttp1;
    private final AtomicBoolean isEndTold = new AtomicBoolean();
    private volatile @Nullable ClientException whyLeft;
    private volatile long lastUse = System.nanoTime();
    private @Nullable Events events;

    private @Nullable Ending ending; // guarded by the lock

    // Used by the watch alone.
    private @Nullable ClientConnection connection;
    private boolean isConnectionKnown;
    private boolean isClosingTold;

    private NonBlockingWire(
            HttpServletRequest request,
            NonBlockingBody body,
            NonBlockingResponse response,
            Suspension suspension,
            ClientWatch watch) {
        this.request = request;
        this.body = body;
        this.response = response;
        this.watch = watch;
        this.isHttp1 = request.getProtocol().startsWith("HTTP/1.");
        this.suspension = suspension;
        this.lock = suspension.lock();
    }

    /**
     * Suspends a request. To be called within {@code service()}, once.
     *
     * @param hasBody whether the request may have a body
     * @param container decides what is possible after an error
     * @param buffers writes direct buffers to the container's stream
     * @param watch looks after the client
     * @throws IOException if the container does not give its streams
     */
    static NonBlockingWire suspend(
            HttpServletRequest request,
            HttpServletResponse response,
            boolean hasBody,
            Container container,
            BufferOutput buffers,
            ClientWatch watch)
            throws IOException {
        NonBlockingWire wire = new NonBlockingWire(
                request,
                new NonBlockingBody(request, hasBody, container),
                new NonBlockingResponse(response, new HeadWriter(request, response), buffers),
                Suspension.of(request, response, container),
                watch);
        wire.suspension.listen(wire.new RequestEvents());
        return wire;
    }

    @Override
    public void attach(Events wanting) {
        events = wanting;
        body.listen(new BodyEvents());
        response.listen(new ResponseEvents());
        watch.add(this);
    }

    // What the application does, on any thread.

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        lock.lock();
        try {
            if (body.isAtEnd()) {
                return -1;
            }
            checkOpen();
            return body.read(target, offset, length);
        } finally {
            lock.unlock();
            proceed();
        }
    }

    @Override
    public void inputIsDone() {
        lock.lock();
        try {
            if (isHttp1) {
                response.inputIsDone(body);
            }
        } finally {
            lock.unlock();
            proceed();
        }
    }

    @Override
    public void head(ResponseHead head) throws ClientException {
        lock.lock();
        try {
            checkOpen();
            response.head(head);
        } finally {
            lock.unlock();
            proceed();
        }
    }

    @Override
    public boolean write(byte[] data, int offset, int length, boolean flush) throws ClientException {
        return write(ByteBuffer.wrap(data, offset, length), flush);
    }

    /** Not in HTTP/2: when a stream is reset, Jetty says that there is room while a slice of the buffer is still to be written to the connection. */
    @Override
    public boolean isDirectTaken() {
        return isHttp1 && response.isDirectTaken();
    }

    @Override
    public boolean write(ByteBuffer data, boolean flush) throws ClientException {
        lock.lock();
        try {
            checkOpen();
            lastUse = System.nanoTime();
            return response.write(data, flush, lastUse);
        } catch (IOException e) {
            throw e instanceof ClientException gone ? gone : failed(e);
        } finally {
            lock.unlock();
            proceed();
        }
    }

    @Override
    public void trailers(List<Header> trailers) {
        response.trailers(trailers);
    }

    private void checkOpen() throws ClientException {
        if (!suspension.isOpen()) {
            ClientException why = whyLeft;
            throw why != null ? why : left(new IOException("closed"));
        }
    }

    private static ClientException left(IOException problem) {
        return new ClientException("the client left before its response was complete", problem);
    }

    /** A write has failed. Under the lock. */
    private ClientException failed(IOException problem) {
        response.drop();
        suspension.failed(problem);
        ClientException why = left(problem);
        whyLeft = why;
        return why;
    }

    @Override
    public void end(Ending how) {
        int told = 0;
        lock.lock();
        try {
            ending = how;
            boolean isNow = !response.isWaiting() || how == Ending.CLIENT_LEFT;
            if (!suspension.isOpen()) {
                told = TELL_ENDED;
            } else if (isNow || (how == Ending.BROKEN && response.isHeadPut())) {
                finish(how);
                told = TELL_ENDED;
            } // else at the next callback
        } catch (IOException e) {
            failed(e);
            told = TELL_ENDED;
        } catch (RuntimeException e) {
            brokenBy(e);
            told = TELL_ENDED;
        } finally {
            lock.unlock();
        }
        tell(told);
        proceed();
    }

    /**
     * The container's own code threw while nobody else could end the request: no exchange may stay open for ever, and no clean end follow what it has written so far. Under the
     * lock.
     */
    private void brokenBy(RuntimeException problem) {
        whyLeft = new ClientException("the response could not be written", problem);
        if (suspension.isOpen()) {
            breakOff();
        }
    }

    /** The end, when everything is written; or earlier, if the client is not to get everything. Under the lock. */
    private void finish(Ending how) throws IOException {
        if (how == Ending.BROKEN || (how == Ending.CLIENT_LEFT && response.isHeadPut())) {
            response.commit();
            breakOff();
            return;
        }
        if (how == Ending.CLIENT_LEFT) {
            response.unanswered(HttpServletResponse.SC_BAD_REQUEST);
        } else {
            response.putHead();
        }
        suspension.complete();
    }

    private void breakOff() {
        response.drop();
        suspension.breakOff();
    }

    // What the container does.

    /** Handles the signals, as far as no other thread does: a thread that holds the lock looks at them after it. */
    private void proceed() {
        if (lock.isHeldByCurrentThread()) {
            return;
        }
        while ((response.signal().get() || body.isToBeTold()) && lock.tryLock()) {
            int told = 0;
            try {
                told = signalled(System.nanoTime());
            } catch (IOException e) {
                failed(e);
                told = TELL_LEFT | endedIfEnding();
            } catch (RuntimeException e) {
                brokenBy(e);
                told = TELL_LEFT | endedIfEnding();
            } finally {
                lock.unlock();
            }
            tell(told);
        }
    }

    private int signalled(long now) throws IOException {
        int told = 0;
        if (body.takeSignal(now)) {
            lastUse = now;
            told = TELL_READABLE;
        }
        if (response.signal().getAndSet(false) && suspension.isOpen() && response.proceed()) {
            lastUse = now;
            if (ending != null) {
                finish(ending);
                told |= TELL_ENDED;
            } else if (response.takeAwaited()) {
                told |= TELL_WRITABLE;
            }
        }
        return told;
    }

    private int endedIfEnding() {
        return ending == null ? 0 : TELL_ENDED;
    }

    private void tell(int told) {
        Events wanting = requireNonNull(events);
        if ((told & TELL_READABLE) != 0) {
            wanting.readable();
        }
        if ((told & TELL_WRITABLE) != 0) {
            wanting.writable();
        }
        ClientException why = whyLeft;
        if ((told & TELL_LEFT) != 0 && why != null) {
            wanting.left(why);
        }
        if ((told & TELL_ENDED) != 0 && isEndTold.compareAndSet(false, true)) {
            watch.remove(this);
            wanting.ended();
        }
    }

    /** The container has found an error or a timeout, and waits for the request to be completed. */
    private void gone(Throwable problem, int status) {
        boolean wasOpen = suspension.gone(() -> {
            whyLeft = new ClientException("the client left, or the server ended the request", problem);
            response.unanswered(status);
            response.drop();
        });
        if (wasOpen) {
            tell(TELL_LEFT | endedIfEnding());
        }
    }

    /** Ends the request, because the application was stopped and has not ended it. */
    void giveUp() {
        lock.lock();
        try {
            if (!suspension.isOpen()) {
                return;
            }
            whyLeft = EndedByServerException.as("the application was stopped");
            if (response.isHeadPut()) {
                breakOff();
            } else {
                response.unanswered(HttpServletResponse.SC_BAD_GATEWAY);
                suspension.complete();
            }
        } finally {
            lock.unlock();
        }
        watch.tell(() -> tell(TELL_LEFT | endedIfEnding()));
    }

    /** The client did not send its body to the end. */
    private void bodyBroken(Throwable problem) {
        suspension.reported(() -> body.fail(
                isTimeout(problem)
                        ? ClientException.idle(problem)
                        : ClientException.behind(problem) // our own server's limit was passed
                                .orElseGet(() -> new ClientException(
                                        "the client did not send its request body to the end", problem))));
        proceed();
    }

    /**
     * An error that does not come from the body's listener: the connection is lost, and nobody reads the status; or the request was malformed, which Jetty may report so, before or
     * after the body's end.
     */
    private static int status(Throwable problem) {
        boolean isClients = problem instanceof Exception && !isTimeout(problem);
        return isClients ? HttpServletResponse.SC_BAD_REQUEST : HttpServletResponse.SC_BAD_GATEWAY;
    }

    // What the watch finds out.

    /**
     * Ends the wait for a client that is too slow: the body's read fails, or the response is broken off. Where bytes of its body have arrived and the container has not read them,
     * it is this server that is slow. Returns whether the request is over.
     */
    boolean endIfTooSlow(long now, DataRate min, Connections open) {
        if (!lock.tryLock()) {
            return false; // it is in use
        }
        int told = 0;
        try {
            if (!suspension.isOpen()) {
                return true;
            }
            if (body.isTooSlow(now, min)) {
                ClientConnection from = connectionOfOpen();
                if (from != null && from.hasUnread(open)) {
                    body.waitAnew(now);
                } else {
                    body.failAsTooSlow(now, min);
                    told = TELL_READABLE;
                }
            } else if (response.isTooSlow(now, min)) {
                whyLeft = min.missed();
                told = TELL_LEFT | endedIfEnding();
                breakOff();
            }
        } finally {
            lock.unlock();
        }
        if (told != 0) {
            int found = told;
            watch.tell(() -> tell(found));
        }
        proceed();
        return (told & TELL_LEFT) != 0;
    }

    /** Whether the client is neither sending nor taking anything, because the application is silent. */
    boolean isSilentSince(long time) {
        return !isClosingTold
                && lastUse - time < 0
                && requireNonNull(events).isClosingWanted()
                && !body.isAwaited()
                && !response.isWaitedFor();
    }

    /** Tells the application, once, that the client has closed its side of the connection. */
    void look(Connections open) {
        ClientConnection from = connection();
        if (from != null && from.isClosed(open)) {
            isClosingTold = true;
            watch.tell(requireNonNull(events)::closing);
        }
    }

    private @Nullable ClientConnection connection() {
        if (!isConnectionKnown && lock.tryLock()) {
            try {
                connection = suspension.isOpen() ? connectionOfOpen() : null;
                isConnectionKnown = true;
            } finally {
                lock.unlock();
            }
            proceed();
        }
        return connection;
    }

    private @Nullable ClientConnection connectionOfOpen() {
        return isConnectionKnown ? connection : ClientConnection.of(request).orElse(null);
    }

    private static boolean isTimeout(Throwable problem) {
        return problem instanceof TimeoutException || problem.getCause() instanceof TimeoutException;
    }

    private final class BodyEvents implements ReadListener {
        @Override
        public void onDataAvailable() throws IOException {
            suspension.called(body.signal(), NonBlockingWire.this::proceed);
        }

        @Override
        public void onAllDataRead() throws IOException {
            body.endIsTold();
            suspension.called(body.signal(), NonBlockingWire.this::proceed);
        }

        /**
         * On Jetty, a response can still be written; on Tomcat, the connection is lost, and the request has to be completed. On Jetty it is also the only report of what a callback
         * of this listener threw: after a write that failed there, the end is owed to it.
         */
        @Override
        public void onError(Throwable problem) {
            if (body.isAnswerableAfterReadError() && suspension.isOpen()) {
                bodyBroken(problem);
            } else {
                gone(problem, HttpServletResponse.SC_BAD_REQUEST);
            }
        }
    }

    private final class ResponseEvents implements WriteListener {
        @Override
        public void onWritePossible() throws IOException {
            suspension.called(response.signal(), NonBlockingWire.this::proceed);
        }

        @Override
        public void onError(Throwable problem) {
            gone(problem, status(problem));
        }
    }

    private final class RequestEvents implements AsyncListener {
        @Override
        public void onTimeout(AsyncEvent event) {
            gone(
                    new EndedByServerException("the container has a time limit for it"),
                    HttpServletResponse.SC_BAD_GATEWAY);
        }

        @Override
        public void onError(AsyncEvent event) {
            Throwable reported = event.getThrowable();
            Throwable problem = reported == null ? new IOException("closed") : reported;
            gone(problem, status(problem));
        }

        @Override
        public void onComplete(AsyncEvent event) {
            if (suspension.endedByContainer()) {
                whyLeft = EndedByServerException.as("the container ended it");
                tell(TELL_LEFT | endedIfEnding());
            }
        }

        @Override
        public void onStartAsync(AsyncEvent event) {
            // there is one start
        }
    }
}

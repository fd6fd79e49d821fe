package io.gangway.servlet;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.gangway.server.ErrorPage;
import io.gangway.server.Outcome;
import io.gangway.server.Outcome.Ending;
import io.gangway.server.Repairs;
import io.gangway.server.SuspendableApplication;
import io.gangway.server.SuspendableApplication.Resumption;
import io.gangway.server.WsgiExchange;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A request that no thread of the container waits for (Servlet 6.0, section 2.3.3.3).
 *
 * <p>If a small response has come as a whole, the thread that brings it puts it into the container's buffer. The container sends it, so
 * that the thread does not wait for a slow client. Any other response is written by a thread of the container.
 */
final class SuspendedRequest implements AsyncListener {
    /** Max bytes of a response that is buffered: enough for the majority of pages, and small enough to have for each request. */
    private static final int MAX_BUFFERED = 64 << 10;

    /** Jetty sends a write at once if it is larger than this part of its buffer, and would wait for the client. */
    private static final int BUFFER_PARTS = 4;

    private static final Logger LOG = System.getLogger("io.gangway.servlet");

    private static final String BROKEN_OFF = "io.gangway.servlet.brokenOff";

    private final HttpServletRequest request;
    private final String method; // a request that the container has ended does not tell it any more
    private final String uri;
    private final HttpServletResponse response;
    private final RequestEnviron source;
    private final ServletSink sink;
    private final WsgiExchange exchange;
    private final AtomicReference<State> state = new AtomicReference<>(State.SUSPENDED);
    private final AsyncContext context;
    private volatile @Nullable Thread beginning;
    private volatile boolean isEnded;

    /** Gives up the work that waits for a thread of the container; does nothing once it has begun. */
    private volatile Runnable waitingWork = () -> {};

    private enum State {
        SUSPENDED,
        RESUMED,
        /** The container has answered by itself, and may use the response object for the next request already. */
        ABANDONED
    }

    /** Suspends a request. */
    SuspendedRequest(
            HttpServletRequest request,
            HttpServletResponse response,
            RequestBody body,
            RequestEnviron source,
            ErrorPage errorPage,
            Repairs repairs) {
        this.request = request;
        this.method = request.getMethod();
        this.uri = request.getRequestURI();
        this.response = response;
        this.source = source;
        this.sink = new ServletSink(response, body, HeadLimit.of(request));
        this.exchange = new WsgiExchange(source.environ(), sink, errorPage, repairs);
        this.context = request.startAsync(request, response);
        context.setTimeout(0); // the deployment limits the application's time
        context.addListener(this);
    }

    /** Whether the server allows the request to be suspended. */
    static boolean isPossible(HttpServletRequest request) {
        return request.getAttribute(GatewayServlet.SUSPENDABLE) != null && request.isAsyncSupported();
    }

    /** Whether a suspended request was dispatched again for the exception that only {@code service} can throw. */
    static boolean isToBeBrokenOff(HttpServletRequest request) {
        return request.getDispatcherType() == DispatcherType.ASYNC && request.getAttribute(BROKEN_OFF) != null;
    }

    void begin(SuspendableApplication application) {
        beginning = Thread.currentThread();
        application.begin(source.environ(), this::resume);
        beginning = null;
    }

    private void resume(Resumption resumption) {
        if (!state.compareAndSet(State.SUSPENDED, State.RESUMED)) {
            resumption.drop();
            return;
        }
        // Not on the thread that called the application: the call is still on its stack.
        if (beginning != Thread.currentThread() && isBuffered(resumption.size())) {
            finish(resumption);
        } else {
            onThread(() -> finish(resumption), resumption::drop);
        }
    }

    /** Runs one of both: the container forgets work that waits for a thread if it ends the request meanwhile. */
    private void onThread(Runnable work, Runnable givenUp) {
        AtomicBoolean isTaken = new AtomicBoolean();
        waitingWork = () -> {
            if (isTaken.compareAndSet(false, true)) {
                givenUp.run();
                source.end();
            }
        };
        try {
            context.start(() -> {
                if (isTaken.compareAndSet(false, true)) {
                    work.run();
                }
            });
        } catch (RuntimeException e) { // the container is stopping, and has no thread for it
            waitingWork.run();
            if (!isEnded && !response.isCommitted()) {
                response.setStatus(HttpServletResponse.SC_SERVICE_UNAVAILABLE);
            }
            end(context::complete);
        }
        if (isEnded) { // before the container's end could know of this work
            waitingWork.run();
        }
    }

    /** The container may have ended the request already, because its client has left: an HTTP/2 stream was reset. */
    private void end(Runnable ending) {
        try {
            ending.run();
        } catch (IllegalStateException e) {
            if (!isEnded) {
                throw e;
            }
        }
    }

    /** Whether a response fits into the buffer, so that putting it there cannot wait. */
    private boolean isBuffered(int size) {
        if (size < 0 || size > MAX_BUFFERED || response.isCommitted()) {
            return false;
        }
        if (size > response.getBufferSize() / BUFFER_PARTS) {
            response.setBufferSize(size + 1);
        }
        sink.buffer(method.equals("HEAD"));
        return true;
    }

    private void finish(Resumption resumption) {
        Outcome outcome = exchange.run(resumption);
        if (outcome.problem() == null) {
            conclude(outcome);
        } else {
            onThread(() -> conclude(outcome), () -> {}); // logging may block
        }
    }

    private void conclude(Outcome outcome) {
        try {
            source.end();
            GatewayLog.outcome(outcome, source.requestId(), method, uri);
        } finally {
            if (isEnded) {
                LOG.log(Level.DEBUG, "the container has ended the request, because its client has left");
            } else if (outcome.ending() == Ending.BROKEN) {
                request.setAttribute(BROKEN_OFF, true);
                end(context::dispatch);
            } else {
                end(context::complete);
            }
        }
    }

    // The container calls these: when it stops, it ends the requests that are still suspended.

    @Override
    public void onTimeout(AsyncEvent event) throws IOException {
        abandon();
    }

    /** Answers 502; otherwise Jetty would show the client the name of an exception. */
    @Override
    public void onError(AsyncEvent event) throws IOException {
        abandon();
        forget();
    }

    private void abandon() throws IOException {
        if (!state.compareAndSet(State.SUSPENDED, State.ABANDONED)) {
            return; // the thread that resumes it is about to complete it
        }
        source.end();
        if (!response.isCommitted()) {
            byte[] text = ("502 Bad Gateway\nRequest id: " + source.requestId() + "\n").getBytes(UTF_8);
            response.setStatus(HttpServletResponse.SC_BAD_GATEWAY);
            response.setContentType("text/plain;charset=utf-8");
            response.setHeader("Cache-Control", "no-store");
            response.getOutputStream().write(text);
        }
        context.complete();
    }

    @Override
    public void onComplete(AsyncEvent event) {
        state.compareAndSet(State.SUSPENDED, State.ABANDONED);
        forget();
    }

    /** After an error Jetty completes a request whose client has left, and does not always tell it. */
    private void forget() {
        isEnded = true;
        waitingWork.run();
    }

    @Override
    public void onStartAsync(AsyncEvent event) {
        // there is one start
    }
}

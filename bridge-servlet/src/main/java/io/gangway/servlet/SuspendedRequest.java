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
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A request that no thread of the container waits for (Servlet 6.0, section 2.3.3.3).
 *
 * <p>A small response that is here as a whole is put into the container's buffer by the thread that brings it, and sent by the
 * container, which does not keep that thread waiting for a slow client. Any other response is a thread's work, and the container gives
 * one.
 */
final class SuspendedRequest implements AsyncListener {
    /** Bytes of a response that a buffer is made large enough for: most pages, and little enough for each request. */
    private static final int MOST_BUFFERED = 64 << 10;

    /** Jetty passes on at once what is larger than this part of its buffer, and would wait for the client. */
    private static final int BUFFER_PARTS = 4;

    private static final String BROKEN_OFF = "io.gangway.servlet.brokenOff";

    private final HttpServletRequest request;
    private final HttpServletResponse response;
    private final RequestEnviron source;
    private final ServletSink sink;
    private final WsgiExchange exchange;
    private final AtomicReference<State> state = new AtomicReference<>(State.SUSPENDED);
    private final AsyncContext context;
    private volatile @Nullable Thread beginning;

    private enum State {
        SUSPENDED,
        RESUMED,
        /** The container has answered by itself, and the response belongs to the next request, perhaps. */
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
        this.response = response;
        this.source = source;
        this.sink = new ServletSink(response, body, HeadLimit.of(request));
        this.exchange = new WsgiExchange(source.environ(), sink, errorPage, repairs);
        this.context = request.startAsync(request, response);
        context.setTimeout(0); // how long an application may take is its deployment's to say
        context.addListener(this);
    }

    /** Whether the server allows it. */
    static boolean isPossible(HttpServletRequest request) {
        return request.getAttribute(GatewayServlet.SUSPENDABLE) != null && request.isAsyncSupported();
    }

    /** Whether a suspended request has come back for the exception that only {@code service} can throw. */
    static boolean isToBeBrokenOff(HttpServletRequest request) {
        return request.getDispatcherType() == DispatcherType.ASYNC && request.getAttribute(BROKEN_OFF) != null;
    }

    void begin(SuspendableApplication application) {
        beginning = Thread.currentThread();
        application.begin(source.environ(), this::resume);
        beginning = null;
    }

    private void resume(Resumption rest) {
        if (!state.compareAndSet(State.SUSPENDED, State.RESUMED)) {
            rest.drop();
            return;
        }
        // Not on the thread that begins: the application's begin is still on its stack.
        if (beginning != Thread.currentThread() && isBuffered(rest.size())) {
            finish(rest);
        } else {
            onThread(() -> finish(rest), rest::drop);
        }
    }

    private void onThread(Runnable work, Runnable givenUp) {
        try {
            context.start(work);
        } catch (RuntimeException e) { // the container is being stopped, and has no thread for it
            givenUp.run();
            source.end();
            if (!response.isCommitted()) {
                response.setStatus(HttpServletResponse.SC_SERVICE_UNAVAILABLE);
            }
            context.complete();
        }
    }

    /** Whether a response fits into the buffer, so that putting it there cannot wait. */
    private boolean isBuffered(int size) {
        if (size < 0 || size > MOST_BUFFERED || response.isCommitted()) {
            return false;
        }
        if (size > response.getBufferSize() / BUFFER_PARTS) {
            response.setBufferSize(size + 1);
        }
        sink.buffer(request.getMethod().equals("HEAD"));
        return true;
    }

    private void finish(Resumption rest) {
        Outcome outcome = exchange.run(rest);
        if (outcome.problem() == null) {
            conclude(outcome);
        } else {
            onThread(() -> conclude(outcome), () -> {}); // a log may keep its caller waiting
        }
    }

    private void conclude(Outcome outcome) {
        try {
            source.end();
            GatewayLog.outcome(outcome, source.requestId(), request.getMethod(), request.getRequestURI());
        } finally {
            if (outcome.ending() == Ending.BROKEN) {
                request.setAttribute(BROKEN_OFF, true);
                context.dispatch();
            } else {
                context.complete();
            }
        }
    }

    // What the container does by itself: at its stop, it ends what is suspended still.

    @Override
    public void onTimeout(AsyncEvent event) throws IOException {
        abandon();
    }

    /** Otherwise Jetty would tell the client the name of an exception. */
    @Override
    public void onError(AsyncEvent event) throws IOException {
        abandon();
    }

    private void abandon() throws IOException {
        if (!state.compareAndSet(State.SUSPENDED, State.ABANDONED)) {
            return; // whoever resumes it is about to come to its end
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
    }

    @Override
    public void onStartAsync(AsyncEvent event) {
        // there is one start
    }
}

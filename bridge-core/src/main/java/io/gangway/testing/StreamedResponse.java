package io.gangway.testing;

import io.gangway.exchange.Outcome;
import io.gangway.exchange.ResponseHead;
import io.gangway.wsgi.Header;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Optional;

/**
 * A response that a test reads block by block, while the application produces it.
 *
 * <pre>{@code
 * try (StreamedResponse events = client.get("/events").open()) {
 *     assertThat(events.code()).isEqualTo(200);
 *     assertThat(events.next()).hasValue("tick\n".getBytes(UTF_8));
 * } // the client leaves here: the application's body has been closed when this returns
 * }</pre>
 *
 * <p><b>Threading.</b> The application runs on a thread of its own, from {@link TestRequest#open} on, and takes turns with
 * the test: after it has sent its head or a block, it waits until the test asks for the next block. So it does not run ahead, and
 * a test that has received a block sees everything that the application did before it.
 *
 * <p><b>Lifecycle.</b> Must be closed. If it is closed before {@link #next} has returned the end, the client leaves:
 * the application's write, or its read of the request, fails with {@link io.gangway.wsgi.ClientException}, and its body is
 * closed. The thread has ended when {@code close} returns.
 *
 * <p><b>Errors.</b> If the application fails after its head, {@code next} throws at the point where the client would see the
 * connection break. If it fails before its head, the response is a 500, as on a server, and {@code next} throws after that page,
 * or {@code close} does if the test does not read to the end.
 */
public final class StreamedResponse implements ReceivedHead, AutoCloseable {
    private final TestExchange exchange;
    private final Handoff handoff = new Handoff();
    private final Thread thread;
    /** A failure is thrown once, so that try-with-resources does not report it twice. */
    private boolean reported;

    private boolean closed;

    StreamedResponse(TestExchange exchange) {
        this.exchange = exchange;
        this.thread = new Thread(this::run, "gangway-test-client-" + exchange.requestId());
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        Outcome outcome;
        try {
            outcome = exchange.run(handoff);
        } catch (
                Throwable
                        e) { // from the test's own request body; the test must get the exception and not wait for ever
            outcome = new Outcome(Outcome.Ending.BROKEN, e);
        }
        handoff.end(outcome);
    }

    /** Waits for the head. */
    @Override
    public int code() {
        return head().code();
    }

    /** Waits for the head. */
    @Override
    public String reason() {
        return head().reason();
    }

    /** Waits for the head. */
    @Override
    public List<Header> headers() {
        return head().headers();
    }

    /**
     * Waits for the next block.
     *
     * @return one block, as the application or the server sent it; empty at the end, and on every later call
     * @throws ApplicationFailedException in place of the end, if the application failed
     */
    public Optional<byte[]> next() {
        if (closed) {
            throw new IllegalStateException("The response is closed. Fix: read its blocks before closing it");
        }
        Optional<byte[]> block = waiting(handoff::next);
        if (block.isEmpty()) {
            report();
        }
        return block;
    }

    /**
     * Waits for all remaining blocks.
     *
     * @return their bytes
     * @throws ApplicationFailedException if the application failed
     */
    public byte[] rest() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (Optional<byte[]> block = next(); block.isPresent(); block = next()) {
            bytes.writeBytes(block.get());
        }
        return bytes.toByteArray();
    }

    /**
     * The fields behind the body (A52), when {@link #next} has returned its end. As on a server, an application's trailers come only for a request with {@code TE: trailers}.
     *
     * @return in the order in which the application gave them; nearly always empty
     */
    public List<Header> trailers() {
        return handoff.trailers();
    }

    /**
     * The lines written to {@code wsgi.errors} so far.
     *
     * @return the lines, in order
     */
    public List<String> errors() {
        return exchange.errors();
    }

    /**
     * How the exchange ended.
     *
     * @return the ending, and the problem if there was one
     * @throws IllegalStateException if it has not ended: the test has neither read to the end nor closed this response
     */
    public Outcome outcome() {
        return handoff.outcome()
                .orElseThrow(() -> new IllegalStateException(
                        "The exchange has not ended. Fix: call next() until it returns an empty Optional, or close()"));
    }

    /**
     * Leaves, unless the response has ended, and waits for the application to return.
     *
     * @throws ApplicationFailedException if the application failed and no other method has thrown this
     */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        handoff.leave();
        exchange.leave();
        waiting(() -> {
            thread.join();
            return true;
        });
        report();
    }

    private void report() {
        if (!reported) {
            reported = true;
            exchange.throwIfFailed(outcome());
        }
    }

    private ResponseHead head() {
        return waiting(handoff::head).orElseThrow(() -> {
            report();
            return new IllegalStateException("The response has no head: the client left before it came");
        });
    }

    private interface Waiting<T> {
        T run() throws InterruptedException;
    }

    /** Test frameworks interrupt a test that takes too long: then the application's thread must end too. */
    private <T> T waiting(Waiting<T> action) {
        try {
            return action.run();
        } catch (InterruptedException e) {
            handoff.leave();
            thread.interrupt();
            Thread.currentThread().interrupt();
            throw new IllegalStateException("The test was interrupted while it waited for the application", e);
        }
    }
}

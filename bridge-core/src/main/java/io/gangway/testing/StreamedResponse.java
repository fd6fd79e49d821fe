package io.gangway.testing;

import io.gangway.server.Outcome;
import io.gangway.server.ResponseHead;
import io.gangway.wsgi.Header;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Optional;

/**
 * A response taken block by block, while the application produces it.
 *
 * <pre>{@code
 * try (StreamedResponse events = client.get("/events").open()) {
 *     assertThat(events.code()).isEqualTo(200);
 *     assertThat(events.next()).hasValue("tick\n".getBytes(UTF_8));
 * } // the client leaves here: the application's body has been closed when this returns
 * }</pre>
 *
 * <p><b>Threading.</b> The application runs on a thread of its own, from {@link TestRequest#open} on, and takes turns with
 * the test: it stands still where it has sent its head, and where it has sent a block, until the test asks for the next
 * one. So nothing runs ahead, and what the application did before a block is visible to the test that has taken it.
 *
 * <p><b>Lifecycle.</b> To be closed. Closing before {@link #next} has told of the end is what a client does that leaves:
 * the application's write, or its read of the request, fails with {@link io.gangway.wsgi.ClientException}, and its body is
 * closed. The thread has ended when {@code close} returns.
 *
 * <p><b>Errors.</b> An application that fails after its head makes {@code next} throw where the client would see the
 * connection break. One that fails before is answered with a 500 like everywhere, and {@code next} throws after that
 * page, or {@code close} does if the test takes no more.
 */
public final class StreamedResponse implements ReceivedHead, AutoCloseable {
    private final Exchange exchange;
    private final Handoff handoff = new Handoff();
    private final Thread thread;
    /** A failure is thrown once, so that try-with-resources does not report it twice. */
    private boolean reported;

    private boolean closed;

    StreamedResponse(Exchange exchange) {
        this.exchange = exchange;
        this.thread = new Thread(this::run, "gangway-test-client-" + exchange.requestId());
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        Outcome outcome;
        try {
            outcome = exchange.run(handoff);
        } catch (Throwable e) { // a body that a test made badly; the test must hear of it rather than wait for ever
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
     * @return one block, as the application or the server sent it; nothing at the end, again and again
     * @throws ApplicationFailedException in place of the end, if the application failed
     */
    public Optional<byte[]> next() {
        if (closed) {
            throw new IllegalStateException("The response is closed: take its blocks before");
        }
        Optional<byte[]> block = waiting(handoff::next);
        if (block.isEmpty()) {
            report();
        }
        return block;
    }

    /**
     * Waits for all blocks that are left.
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
     * The lines written to {@code wsgi.errors} so far.
     *
     * @return in order
     */
    public List<String> errors() {
        return exchange.errors();
    }

    /**
     * How the exchange ended.
     *
     * @return the ending, and the problem if there was one
     * @throws IllegalStateException if it has not ended: the test has neither come to the end nor closed this response
     */
    public Outcome outcome() {
        return handoff.outcome()
                .orElseThrow(() -> new IllegalStateException(
                        "The exchange has not ended: call next() until it returns nothing, or close()"));
    }

    /**
     * Leaves, unless the end has come, and waits for the application to return.
     *
     * @throws ApplicationFailedException if the application failed and no other method has said so
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

    /** Test frameworks interrupt what takes too long: the application's thread is to end then, too. */
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

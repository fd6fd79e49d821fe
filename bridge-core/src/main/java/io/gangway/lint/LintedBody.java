package io.gangway.lint;

import static java.util.Objects.requireNonNull;

import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/** Checks a body's blocks (W02, W60, W63, W64) and how the server uses the body (W65, W66). */
@SuppressWarnings("try") // close() throws the inner body's exception, as AutoCloseable allows
final class LintedBody implements Iterable<byte[]>, AutoCloseable {
    private static final String PLACE = "the body";

    private final Iterable<byte[]> inner;
    private final LintedResponse state;
    private final Findings findings;

    private UnclosedBodies.@Nullable Ticket ticket;
    private @Nullable Thread iterator;
    private boolean closed;

    LintedBody(Iterable<byte[]> inner, LintedResponse state, Findings findings) {
        this.inner = inner;
        this.state = state;
        this.findings = findings;
    }

    /** Sets the ticket that close() ends; called once, right after construction. */
    void closedBy(UnclosedBodies.Ticket watch) {
        ticket = watch;
    }

    @Override
    public Iterator<byte[]> iterator() {
        checkOpen("iterator()");
        if (iterator != null) {
            findings.server(
                    "W66",
                    PLACE,
                    "one iteration",
                    "a second one",
                    "keep the blocks if they are needed twice: a body may be a generator");
        }
        iterator = Thread.currentThread();
        state.iterationBegins();
        return new Blocks(inner.iterator());
    }

    @Override
    public void close() throws Exception {
        if (closed) {
            findings.server(
                    "W65",
                    PLACE,
                    "close() to be called once",
                    "a second call",
                    "close the body in one place, a finally block");
        }
        closed = true;
        state.closing();
        requireNonNull(ticket, "ticket").end();
        try {
            if (inner instanceof AutoCloseable closeable) {
                closeable.close();
            }
        } finally {
            checkThread();
        }
    }

    private void checkThread() {
        Thread current = Thread.currentThread();
        if (iterator != null && iterator != current) {
            findings.server(
                    "W65",
                    PLACE,
                    "close() to be called on the thread that iterated, " + iterator.getName(),
                    "a call on " + current.getName(),
                    "close the body where it was iterated: it may hold locks and thread-locals");
        }
    }

    private void checkOpen(String what) {
        if (closed) {
            findings.server(
                    "W65",
                    PLACE,
                    "nothing to be used after close()",
                    "a call of " + what,
                    "close the body after its last use");
        }
    }

    private final class Blocks implements Iterator<byte[]> {
        private final Iterator<byte[]> blocks;

        Blocks(Iterator<byte[]> blocks) {
            this.blocks = blocks;
        }

        @Override
        public boolean hasNext() {
            checkOpen("hasNext()");
            state.serverIsBack();
            boolean more = blocks.hasNext();
            if (!more) {
                state.end();
            }
            return more;
        }

        @Override
        public byte[] next() {
            checkOpen("next()");
            state.serverIsBack();
            byte[] block = blocks.next();
            state.block(block, PLACE);
            return block;
        }
    }
}

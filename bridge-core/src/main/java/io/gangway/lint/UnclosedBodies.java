package io.gangway.lint;

import java.lang.ref.PhantomReference;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Finds bodies that became garbage without having been closed (W65).
 *
 * <p>A queue that the next call looks at, not a {@link java.lang.ref.Cleaner}: that has a thread, which would keep a web
 * application's class loader alive after undeployment, and nobody to throw to.
 */
final class UnclosedBodies {
    private final ReferenceQueue<LintedBody> garbage = new ReferenceQueue<>();
    /** Keeps the tickets themselves from becoming garbage, which would end the watch. */
    private final Set<Ticket> open = ConcurrentHashMap.newKeySet();

    /** A watch over one body, which ends when the body is closed. */
    final class Ticket extends PhantomReference<LintedBody> {
        private final String request;

        private Ticket(LintedBody body, String request) {
            super(body, garbage);
            this.request = request;
        }

        void end() {
            open.remove(this);
            clear();
        }
    }

    Ticket watch(LintedBody body, String request) {
        Ticket ticket = new Ticket(body, request);
        open.add(ticket);
        return ticket;
    }

    void report(Findings findings) {
        for (Reference<?> found = garbage.poll(); found != null; found = garbage.poll()) {
            Ticket ticket = (Ticket) found;
            open.remove(ticket);
            findings.server(
                    "W65",
                    "the body of an earlier request, " + ticket.request,
                    "close() to be called once",
                    "a body that was dropped unclosed",
                    "close it in a finally block, and pass close() on in a middleware that wraps bodies");
        }
    }
}

package io.gangway.lint;

import java.lang.ref.PhantomReference;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Finds bodies that became garbage without having been closed (W65).
 *
 * <p>The next call of the application polls a queue. A {@link java.lang.ref.Cleaner} is not used: its thread would keep a web
 * application's class loader alive after undeployment, and an exception on that thread would reach no request.
 */
final class UnclosedBodies {
    private final ReferenceQueue<LintedBody> garbage = new ReferenceQueue<>();
    /** Keeps the tickets reachable: a ticket that became garbage would never be queued. */
    private final Set<Ticket> open = ConcurrentHashMap.newKeySet();

    /** Tracks one body until it is closed. */
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

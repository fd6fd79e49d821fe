package io.gangway.server;

import io.gangway.exchange.BlockingWire;
import io.gangway.exchange.EndedExchange;
import io.gangway.exchange.ErrorPage;
import io.gangway.exchange.ExchangeApplication;
import io.gangway.exchange.ExchangeRules;
import io.gangway.exchange.Outcome.Ending;
import io.gangway.exchange.Repairs;
import io.gangway.exchange.ResponseHead;
import io.gangway.exchange.ResponseSink;
import io.gangway.wsgi.ClientException;
import io.gangway.wsgi.Environ;
import io.gangway.wsgi.StartResponse;
import java.io.EOFException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * A call of any application as a WSGI function: for middleware around an application that is none. The thread of the call waits for the application.
 *
 * <p>Used by one thread.
 */
public final class ExchangeCall implements Iterable<byte[]>, AutoCloseable {
    private static final Repairs REPAIRS = new Repairs();

    private final BlockingWire wire;
    private final Taken taken = new Taken();
    private @Nullable EndedExchange ended;

    private ExchangeCall(Environ environ) {
        wire = new BlockingWire(environ.input(), taken);
    }

    /**
     * Calls an application.
     *
     * @param application serves one exchange, made of the environ
     * @param environ the request
     * @param startResponse called with the application's head
     * @return the body, which must be closed
     * @throws Exception the application's failure, if it failed before its head
     */
    public static Iterable<byte[]> of(ExchangeApplication application, Environ environ, StartResponse startResponse)
            throws Exception {
        ExchangeCall call = new ExchangeCall(environ);
        ExchangeRules rules = new ExchangeRules(ErrorPage.NONE, REPAIRS, List.of(), ended -> call.ended = ended);
        rules.serve(EnvironFacts.of(environ), call.wire, application);
        boolean isStarted = false;
        try {
            call.begin(startResponse);
            isStarted = true;
        } finally {
            if (!isStarted) {
                call.close();
            }
        }
        return call;
    }

    private void begin(StartResponse startResponse) throws Exception {
        while (taken.head == null && ended == null) {
            wire.step();
        }
        ResponseHead head = taken.head;
        if (head == null) {
            throwProblem();
            throw new IllegalStateException("an exchange ended without a head and without a problem");
        }
        startResponse.start(head.code() + " " + head.reason(), head.headers());
    }

    private void throwProblem() {
        EndedExchange over = ended;
        if (over != null && over.outcome().problem() != null) {
            throw Rethrown.unchecked(over.outcome().problem());
        }
    }

    @Override
    public Iterator<byte[]> iterator() {
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                while (taken.blocks.isEmpty() && ended == null) {
                    wire.step();
                }
                EndedExchange over = ended;
                if (taken.blocks.isEmpty() && over != null && over.outcome().ending() != Ending.COMPLETE) {
                    throwProblem();
                }
                return !taken.blocks.isEmpty();
            }

            @Override
            public byte[] next() {
                if (!hasNext()) {
                    throw new NoSuchElementException();
                }
                return taken.blocks.remove();
            }
        };
    }

    @Override
    public void close() {
        if (ended == null) {
            wire.leave(new ClientException("the response was closed before its end", new EOFException()));
            wire.run();
        } else if (ended.outcome().ending() == Ending.COMPLETE) {
            throwProblem(); // it failed after its last byte
        }
    }

    /** What the application has given, until the iteration takes it. */
    private static final class Taken implements ResponseSink {
        private final Deque<byte[]> blocks = new ArrayDeque<>();
        private @Nullable ResponseHead head;

        @Override
        public void commit(ResponseHead given) {
            head = given;
        }

        @Override
        public void write(byte[] data, int offset, int length, boolean flush) {
            blocks.add(Arrays.copyOfRange(data, offset, offset + length));
        }
    }
}

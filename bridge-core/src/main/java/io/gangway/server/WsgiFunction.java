package io.gangway.server;

import io.gangway.exchange.Exchange;
import io.gangway.exchange.ExchangeApplication;
import io.gangway.wsgi.ApplicationViolation;
import io.gangway.wsgi.Environ;
import io.gangway.wsgi.FileWrapper;
import io.gangway.wsgi.GatewayApplication;
import io.gangway.wsgi.Header;
import io.gangway.wsgi.StartResponse;
import java.io.IOException;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A WSGI function in Java as an application of exchanges: it is called, iterated and closed on the thread that serves (W02, W50-W68).
 *
 * <p>The iteration stops where no further byte can reach the client, because an endless body would occupy the thread for nothing (W64). The iterable is closed once,
 * on this thread, after everything else (W65).
 *
 * <p>Thread-safe.
 */
public final class WsgiFunction implements ExchangeApplication {
    private final GatewayApplication function;
    private final Function<Exchange, Environ> environ;

    /**
     * A function that is called with an environ of the server's.
     *
     * @param function called once for each exchange
     * @param environ makes the environ of an exchange
     */
    public WsgiFunction(GatewayApplication function, Function<Exchange, Environ> environ) {
        this.function = function;
        this.environ = environ;
    }

    @Override
    public boolean isBlocking() {
        return true;
    }

    @Override
    public void serve(Exchange exchange) {
        new Call(exchange).run();
    }

    /** One call; used by one thread. */
    private final class Call {
        private final Exchange exchange;
        /** The exception of the last call of start_response, if that call failed. */
        private @Nullable RuntimeException refusal;

        private boolean isStartCalled;
        private boolean hasHead;
        private boolean isEnded;

        Call(Exchange exchange) {
            this.exchange = exchange;
        }

        void run() {
            Iterable<byte[]> body = null;
            Throwable problem = null;
            try {
                body = function.call(environ.apply(exchange), this::start);
                send(body);
            } catch (Throwable e) { // an application may throw anything, also an Error, and the server must go on
                problem = e;
            }
            isEnded = true;
            exchange.settle(problem);
            exchange.conclude(closed(body));
        }

        private StartResponse.Write start(String status, List<Header> headers, @Nullable Throwable excInfo) {
            if (isEnded) {
                throw new IllegalStateException("start_response was called after its request had ended");
            }
            if (excInfo != null && exchange.isCommitted()) {
                throw Rethrown.unchecked(excInfo); // W56
            }
            if (excInfo == null && isStartCalled) {
                throw new ApplicationViolation(
                        "W54",
                        "start_response",
                        "one call, or a later one with exc_info",
                        "a second call without",
                        "pass the error that made you change the response as third argument");
            }
            isStartCalled = true;
            hasHead = false;
            try {
                exchange.head(status, headers);
                hasHead = true;
            } catch (RuntimeException e) {
                refusal = e;
                throw e;
            }
            return this::write;
        }

        private void write(byte[] data) throws IOException {
            if (isEnded) {
                throw new IllegalStateException("write was called after its request had ended");
            }
            emit(checked(data), true);
            ApplicationViolation surplus = exchange.surplus();
            if (surplus != null) {
                throw surplus;
            }
        }

        private void send(@Nullable Iterable<byte[]> body) throws Exception {
            if (body == null) {
                throw new ApplicationViolation(
                        "W02",
                        "the application's return",
                        "an iterable of blocks",
                        "null",
                        "return List.of() where there is no body");
            }
            if (body instanceof FileWrapper file) {
                requireHead();
                Throwable[] problem = {null};
                exchange.send(file, failure -> problem[0] = failure); // a blocking wire: it was run when this returns
                if (problem[0] != null) {
                    throw Rethrown.unchecked(problem[0]);
                }
            } else {
                sendBlocks(body);
            }
            if (!exchange.isCommitted()) {
                requireHead();
            }
        }

        private void sendBlocks(Iterable<byte[]> body) throws IOException {
            int known = body instanceof Collection<?> collection ? collection.size() : -1;
            if (known >= 0) {
                exchange.inputIsDone(); // an iterable that makes its blocks one by one may still read
            }
            int number = 0;
            for (Iterator<byte[]> blocks = body.iterator(); !exchange.isSettled() && blocks.hasNext(); ) {
                byte[] block = checked(blocks.next());
                number++;
                if (known == 1 && block.length > 0) {
                    exchange.supplyLength(block.length); // W62
                }
                // The last block of a known number needs no flush: the end of the response flushes it, unless the
                // response
                // is broken off.
                emit(block, number != known || exchange.missing() > block.length);
            }
        }

        private void emit(byte[] block, boolean flush) throws IOException {
            if (block.length > 0) { // W60: an empty block commits nothing
                if (!exchange.isCommitted()) {
                    requireHead();
                }
                exchange.write(block, 0, block.length, flush);
            }
        }

        private void requireHead() {
            if (hasHead) {
                return;
            }
            if (refusal != null) {
                throw refusal;
            }
            throw new ApplicationViolation(
                    "W02",
                    "the body",
                    "start_response to be called before the first non-empty block, or the end",
                    "no call",
                    "call start_response with status and headers");
        }
    }

    private static byte[] checked(byte @Nullable [] block) {
        if (block == null) {
            throw new ApplicationViolation(
                    "W60",
                    "the body",
                    "blocks of bytes",
                    "null",
                    "yield an empty array where there is nothing to send");
        }
        return block;
    }

    /** W65: exactly once, also after a failure. Returns its exception, or null. */
    private static @Nullable Throwable closed(@Nullable Iterable<byte[]> body) {
        if (body instanceof AutoCloseable closeable) {
            try {
                closeable.close();
            } catch (Throwable e) { // as in run
                return e;
            }
        }
        return null;
    }
}

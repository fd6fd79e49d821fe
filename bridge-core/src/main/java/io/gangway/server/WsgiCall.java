package io.gangway.server;

import io.gangway.asgi.AsgiEvent;
import io.gangway.asgi.HttpEvent;
import io.gangway.asgi.HttpScope;
import io.gangway.asgi.Receive;
import io.gangway.asgi.Send;
import io.gangway.exchange.BlockingWire;
import io.gangway.exchange.EndedExchange;
import io.gangway.exchange.ErrorPage;
import io.gangway.exchange.ExchangeRules;
import io.gangway.exchange.Outcome.Ending;
import io.gangway.exchange.Repairs;
import io.gangway.exchange.RequestFacts;
import io.gangway.exchange.ResponseHead;
import io.gangway.exchange.ResponseSink;
import io.gangway.wsgi.ClientException;
import io.gangway.wsgi.Environ;
import io.gangway.wsgi.FileWrapper;
import io.gangway.wsgi.GatewayApplication;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** One request of {@link WsgiToAsgi}: a blocking wire made of receive and send. Used by one thread. */
final class WsgiCall {
    private static final Repairs REPAIRS = new Repairs();

    private static final FileWrapper.Factory FILE_WRAPPER = FileWrapper::new;

    private static final byte[] NOTHING = {};

    private final RequestFacts facts;
    private final Receive receive;
    private final Send send;
    private final Body body = new Body();
    private final Response response = new Response();
    private final OtherKeys objects = new OtherKeys();
    private @Nullable EndedExchange ended;

    WsgiCall(HttpScope scope, Receive receive, Send send) {
        this.facts = ScopeFacts.of(scope);
        this.receive = receive;
        this.send = send;
    }

    /** Returns when the response has been sent. What the function throws, this throws. */
    void run(GatewayApplication function) {
        ExchangeRules rules = new ExchangeRules(ErrorPage.NONE, REPAIRS, List.of(), over -> ended = over);
        BlockingWire wire = new BlockingWire(body, response);
        rules.serve(facts, wire, new WsgiFunction(function, exchange -> FactsEnviron.of(exchange.facts(), objects)));
        wire.run();
        EndedExchange over = Objects.requireNonNull(ended);
        Throwable problem = over.outcome().problem();
        if (over.outcome().ending() == Ending.COMPLETE) {
            response.last(false);
        } else if (over.outcome().ending() == Ending.BROKEN && response.isKept()) {
            response.last(true); // the client must see the bytes before the break
        }
        if (problem != null) {
            throw Rethrown.unchecked(problem);
        }
    }

    /** Waits for a stage; what it fails with is thrown as it is. */
    private static <T> T await(CompletionStage<T> stage) throws ClientException {
        try {
            return stage.toCompletableFuture().get();
        } catch (ExecutionException e) {
            throw Rethrown.unchecked(e.getCause() == null ? e : e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            IOException interrupted = new InterruptedIOException();
            interrupted.initCause(e);
            throw new ClientException("the thread of the call was interrupted", interrupted);
        }
    }

    /** The request's body as {@code wsgi.input}. */
    private final class Body extends InputStream {
        private byte[] piece = NOTHING;
        private int from;
        private boolean isLast;

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            Objects.checkFromIndexSize(offset, length, target.length);
            if (length == 0) {
                return 0;
            }
            while (from == piece.length) {
                if (isLast) {
                    return -1;
                }
                AsgiEvent.Received event = await(receive.receive());
                if (!(event instanceof HttpEvent.Request part)) {
                    throw new ClientException(
                            "the client did not send its request body to the end", new EOFException("closed"));
                }
                piece = part.body();
                from = 0;
                isLast = !part.moreBody();
            }
            int count = Math.min(length, piece.length - from);
            System.arraycopy(piece, from, target, offset, count);
            from += count;
            return count;
        }
    }

    /** The response as events. The last block of a known number is kept until the end, which says whether it was the last. */
    private final class Response implements ResponseSink {
        private byte[] last = NOTHING;

        @Override
        public void commit(ResponseHead head) throws ClientException {
            await(send.send(new HttpEvent.ResponseStart(head.code(), head.headers())));
        }

        @Override
        public void write(byte[] data, int offset, int length, boolean flush) throws ClientException {
            byte[] block = Arrays.copyOfRange(data, offset, offset + length);
            if (last.length > 0) {
                await(send.send(new HttpEvent.ResponseBody(last, true)));
            }
            last = flush ? NOTHING : block;
            if (flush) {
                await(send.send(new HttpEvent.ResponseBody(block, true)));
            }
        }

        boolean isKept() {
            return last.length > 0;
        }

        void last(boolean moreBody) {
            try {
                await(send.send(new HttpEvent.ResponseBody(last, moreBody)));
            } catch (ClientException e) {
                throw Rethrown.unchecked(e);
            }
        }
    }

    /** The keys that are no texts. */
    private final class OtherKeys implements Environ.Source {
        private static final List<String> KEYS = List.of(
                Environ.WSGI_VERSION,
                Environ.WSGI_INPUT,
                Environ.WSGI_ERRORS,
                Environ.WSGI_MULTITHREAD,
                Environ.WSGI_MULTIPROCESS,
                Environ.WSGI_RUN_ONCE,
                Environ.WSGI_INPUT_TERMINATED,
                Environ.WSGI_FILE_WRAPPER);

        private @Nullable PrintWriter errors;

        @Override
        public @Nullable Object value(String key) {
            return switch (key) {
                case Environ.WSGI_VERSION -> Environ.WsgiVersion.CURRENT;
                case Environ.WSGI_INPUT -> body;
                case Environ.WSGI_ERRORS -> errors();
                case Environ.WSGI_MULTITHREAD, Environ.WSGI_INPUT_TERMINATED -> true;
                case Environ.WSGI_MULTIPROCESS, Environ.WSGI_RUN_ONCE -> false;
                case Environ.WSGI_FILE_WRAPPER -> FILE_WRAPPER;
                default -> null;
            };
        }

        @Override
        public Iterable<String> keys() {
            return KEYS;
        }

        private PrintWriter errors() {
            if (errors == null) {
                errors = ErrorStream.of(facts.requestId());
            }
            return errors;
        }
    }
}

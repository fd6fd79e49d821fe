package io.gangway.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.gangway.exchange.ErrorPage;
import io.gangway.exchange.Outcome;
import io.gangway.exchange.Repairs;
import io.gangway.exchange.RequestFacts;
import io.gangway.exchange.ResponseHead;
import io.gangway.exchange.ResponseSink;
import io.gangway.wsgi.ClientException;
import io.gangway.wsgi.GatewayApplication;
import io.gangway.wsgi.Header;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Records the calls of an exchange as text, and fails on demand. */
final class RecordingSink implements ResponseSink {
    final ClientException gone = new ClientException("the client left", new IOException("Broken pipe"));

    final List<String> log = new ArrayList<>();
    private @Nullable Throwable failure;
    private int failingCall;

    /** Makes the call with this number fail: 1 is the commit, 2 the first write. */
    RecordingSink failingAt(int call, Throwable with) {
        failingCall = call;
        failure = with;
        return this;
    }

    @Override
    public void commit(ResponseHead head) throws ClientException {
        log.add("commit " + head.code() + " " + head.reason()
                + head.headers().stream()
                        .map(header -> " " + header.name() + "=" + header.value())
                        .collect(Collectors.joining()));
        failIfDue();
    }

    @Override
    public void write(byte[] data, int offset, int length, boolean flush) throws ClientException {
        log.add((flush ? "flush " : "write ") + new String(data, offset, length, ISO_8859_1));
        failIfDue();
    }

    private void failIfDue() throws ClientException {
        if (failure != null && log.size() == failingCall) {
            if (failure instanceof ClientException client) {
                throw client;
            }
            throw (RuntimeException) failure;
        }
    }

    Outcome run(String method, ErrorPage errorPage, GatewayApplication application) {
        return run(method, errorPage, new Repairs(), application);
    }

    /** For one of several requests of an application. */
    Outcome run(Repairs repairs, GatewayApplication application) {
        return run("GET", ErrorPage.PRODUCTION, repairs, application);
    }

    private Outcome run(String method, ErrorPage errorPage, Repairs repairs, GatewayApplication application) {
        RequestFacts facts = RequestFacts.of("r1", method)
                .target("/shop/events")
                .path("/shop", "/events")
                .build();
        WsgiFunction function =
                new WsgiFunction(application, exchange -> FactsEnviron.of(exchange.facts(), Serving.objects(Map.of())));
        return Serving.serve(facts, this, function, errorPage, repairs, List.of())
                .outcome();
    }

    Outcome run(GatewayApplication application) {
        return run("GET", ErrorPage.PRODUCTION, application);
    }

    static byte[] bytes(String text) {
        return text.getBytes(ISO_8859_1);
    }

    static List<Header> length(long length) {
        return List.of(new Header("Content-Length", Long.toString(length)));
    }

    /** Answers with a lazy body of unknown length. */
    static GatewayApplication yielding(String status, List<Header> headers, String... blocks) {
        return (environ, startResponse) -> {
            startResponse.start(status, headers);
            return () -> Arrays.stream(blocks).map(RecordingSink::bytes).iterator();
        };
    }

    /** Answers 200 with this body. */
    static GatewayApplication returning(Iterable<byte[]> body) {
        return (environ, startResponse) -> {
            startResponse.start("200 OK", List.of());
            return body;
        };
    }

    /** A body that records when it is closed, and by which thread. */
    static final class Closing implements Iterable<byte[]>, AutoCloseable {
        final List<Thread> closedBy = new ArrayList<>();
        private final Iterable<byte[]> blocks;
        private @Nullable Throwable failure;

        Closing(Iterable<byte[]> blocks) {
            this.blocks = blocks;
        }

        Closing failingWith(Throwable problem) {
            failure = problem;
            return this;
        }

        @Override
        public Iterator<byte[]> iterator() {
            return blocks.iterator();
        }

        @Override
        public void close() {
            closedBy.add(Thread.currentThread());
            if (failure instanceof Error error) {
                throw error;
            }
            if (failure instanceof RuntimeException exception) {
                throw exception;
            }
        }
    }

    static final class Boom extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Boom() {
            super("boom");
        }
    }
}

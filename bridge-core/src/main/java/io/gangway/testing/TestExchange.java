package io.gangway.testing;

import static io.gangway.testing.RequestBody.UNKNOWN_LENGTH;
import static java.util.Objects.requireNonNull;

import io.gangway.exchange.BlockingWire;
import io.gangway.exchange.EndedExchange;
import io.gangway.exchange.ErrorPage;
import io.gangway.exchange.ExchangeApplication;
import io.gangway.exchange.ExchangeRules;
import io.gangway.exchange.Outcome;
import io.gangway.exchange.RequestFacts;
import io.gangway.exchange.ResponseHead;
import io.gangway.exchange.ResponseSink;
import io.gangway.server.EnvironFacts;
import io.gangway.server.ServerSoftware;
import io.gangway.server.WsgiFunction;
import io.gangway.wsgi.ClientException;
import io.gangway.wsgi.Environ;
import io.gangway.wsgi.FileWrapper;
import io.gangway.wsgi.GatewayApplication;
import io.gangway.wsgi.Header;
import java.io.EOFException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Makes the environ of one request, and runs it. */
final class TestExchange {
    private final TestClient.Settings settings;
    private final TestRequest.Parts request;
    private final RequestInput input;
    /** Its buffer is synchronized: a test may read the lines while the application writes more. */
    private final StringWriter errors = new StringWriter();

    private final Environ environ = new Environ();

    private volatile boolean isLeft;
    private volatile @Nullable BlockingWire running;

    TestExchange(TestClient.Settings settings, TestRequest.Parts request) {
        this.settings = settings;
        this.request = request;
        putTarget();
        putHeaders();
        this.input = new RequestInput(request.body(), environ.contentLength().orElse(UNKNOWN_LENGTH));
        putGateway();
        environ.putAll(settings.environ());
        environ.putAll(request.environ());
    }

    /** Calls the application. The body's source is closed and the cookies are kept, also after a failure. */
    Outcome run(ResponseSink sink) {
        PrintWriter given = environ.errors(); // the application may empty its environ (W01)
        BlockingWire wire = new BlockingWire(input, new CookieKeeping(sink));
        AtomicReference<Outcome> outcome = new AtomicReference<>();
        ExchangeRules rules = rules(ErrorPage.PRODUCTION, ended -> outcome.set(ended.outcome()));
        running = wire;
        rules.serve(facts(), wire, served());
        if (isLeft) {
            wire.leave(left());
        }
        wire.run();
        given.flush();
        try {
            input.release();
        } catch (IOException e) {
            throw new IllegalStateException("The request's body cannot be closed", e);
        }
        return requireNonNull(outcome.get());
    }

    RequestFacts facts() {
        return EnvironFacts.of(environ);
    }

    ExchangeRules rules(ErrorPage errorPage, Consumer<? super EndedExchange> log) {
        return new ExchangeRules(
                errorPage, settings.repairs(), settings.served().steps(), log);
    }

    private ExchangeApplication served() {
        GatewayApplication application = settings.served().application();
        return application instanceof ExchangeApplication serving
                ? serving
                : new WsgiFunction(application, exchange -> environ);
    }

    /** Makes reads of the request's body fail, as if the client had left, and tells an application that does neither read nor write. */
    void leave() {
        isLeft = true;
        input.leave();
        BlockingWire wire = running;
        if (wire != null) {
            wire.leave(left());
        }
    }

    private static ClientException left() {
        return new ClientException("the client left", new EOFException());
    }

    List<String> errors() {
        return errors.toString().lines().toList();
    }

    String url() {
        return request.target().url();
    }

    String requestId() {
        return request.requestId();
    }

    void throwIfFailed(Outcome outcome) {
        if (!settings.showsErrorPages()) {
            ApplicationFailedException.throwIfFailed(request.method() + " " + url(), outcome);
        }
    }

    private void putTarget() {
        Target target = request.target();
        String path = Target.decoded(target.path());
        String mount = settings.mount();
        if (!settings.isInside(target)) {
            throw new IllegalArgumentException("The application is mounted at " + mount
                    + " and does not get requests for " + target.path() + ". Fix: begin the target with " + mount);
        }
        environ.put(Environ.REQUEST_METHOD, request.method());
        environ.put(Environ.SCRIPT_NAME, mount);
        environ.put(Environ.PATH_INFO, path.substring(mount.length()));
        environ.put(Environ.QUERY_STRING, target.query());
        environ.put(Environ.WSGI_URL_SCHEME, target.scheme());
        environ.put(Environ.SERVER_NAME, target.serverName());
        environ.put(Environ.SERVER_PORT, target.serverPort());
        environ.put(Environ.SERVER_PROTOCOL, "HTTP/1.1");
        environ.put(Environ.SERVER_SOFTWARE, ServerSoftware.NAME);
        environ.put(Environ.RAW_URI, target.pathAndQuery());
        environ.put(Environ.REQUEST_URI, target.pathAndQuery());
        if (target.isSecure()) {
            environ.put("HTTPS", "on"); // W19
        }
    }

    private void putHeaders() {
        for (Header header : sentHeaders()) {
            // W17: every server drops these.
            if (header.name().indexOf('_') < 0 && !header.is("Proxy")) {
                String separator = header.is("Cookie") ? "; " : ","; // W16
                environ.merge(
                        Environ.headerKey(header.name()), header.value(), (first, next) -> first + separator + next);
            }
        }
    }

    /** The headers that every client sends, replaced by the test's own where it set them. */
    private List<Header> sentHeaders() {
        List<Header> sent = new ArrayList<>();
        RequestBody body = request.body();
        sent.add(new Header("Host", request.target().authority()));
        body.type().ifPresent(type -> sent.add(new Header("Content-Type", type)));
        if (body.length() == UNKNOWN_LENGTH) {
            if (request.headers().stream().noneMatch(header -> header.is("Content-Length"))) {
                sent.add(new Header("Transfer-Encoding", "chunked"));
            }
        } else if (body.length() > 0 || List.of("POST", "PUT", "PATCH").contains(request.method())) {
            sent.add(new Header("Content-Length", Long.toString(body.length())));
        }
        sent.removeIf(own -> request.headers().stream().anyMatch(header -> header.is(own.name())));
        String cookies = settings.cookies().header(request.target().path());
        if (!cookies.isEmpty()) {
            sent.add(new Header("Cookie", cookies));
        }
        sent.addAll(request.headers());
        return sent;
    }

    private void putGateway() {
        environ.put(Environ.REMOTE_ADDR, "127.0.0.1");
        environ.put(Environ.REMOTE_PORT, "49152"); // the first of the ephemeral ports (RFC 6335, section 6)
        environ.put(Environ.WSGI_VERSION, Environ.WsgiVersion.CURRENT);
        environ.put(Environ.WSGI_INPUT, input);
        environ.put(Environ.WSGI_ERRORS, new PrintWriter(errors, true));
        // True, because a test may use its client from several threads (W34).
        environ.put(Environ.WSGI_MULTITHREAD, true);
        environ.put(Environ.WSGI_MULTIPROCESS, false);
        environ.put(Environ.WSGI_RUN_ONCE, false);
        environ.put(Environ.WSGI_INPUT_TERMINATED, true);
        environ.put(Environ.WSGI_FILE_WRAPPER, (FileWrapper.Factory) FileWrapper::new);
        environ.put(Environ.REQUEST_ID, request.requestId());
    }

    /** Stores a response's cookies as soon as its head is committed. */
    private final class CookieKeeping implements ResponseSink {
        private final ResponseSink sink;

        CookieKeeping(ResponseSink sink) {
            this.sink = sink;
        }

        @Override
        public void commit(ResponseHead head) throws ClientException {
            settings.cookies().receive(request.target().path(), head.headers());
            sink.commit(head);
        }

        @Override
        public void write(byte[] data, int offset, int length, boolean flush) throws ClientException {
            sink.write(data, offset, length, flush);
        }

        @Override
        public void trailers(List<Header> trailers) {
            sink.trailers(trailers);
        }
    }
}

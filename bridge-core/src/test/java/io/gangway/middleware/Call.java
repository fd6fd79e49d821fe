package io.gangway.middleware;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.gangway.exchange.ErrorPage;
import io.gangway.exchange.Outcome;
import io.gangway.exchange.Repairs;
import io.gangway.exchange.ResponseHead;
import io.gangway.exchange.ResponseSink;
import io.gangway.exchange.Step;
import io.gangway.server.EnvironFacts;
import io.gangway.server.FactsEnviron;
import io.gangway.server.Serving;
import io.gangway.server.WsgiFunction;
import io.gangway.wsgi.ClientException;
import io.gangway.wsgi.Environ;
import io.gangway.wsgi.GatewayApplication;
import io.gangway.wsgi.Header;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One request in memory, run by the server's own rules, and the response that a client would have received. */
final class Call implements ResponseSink {
    /** What the application gets. */
    Environ environ = new Environ();

    final StringWriter errors = new StringWriter();
    final ByteArrayOutputStream received = new ByteArrayOutputStream();

    @Nullable
    ResponseHead head;

    @Nullable
    Outcome outcome;

    private boolean leavesOnWrite;

    private Call(String method, String path) {
        environ.put(Environ.REQUEST_METHOD, method);
        environ.put(Environ.SCRIPT_NAME, "");
        environ.put(Environ.PATH_INFO, path);
        environ.put(Environ.QUERY_STRING, "");
        environ.put(Environ.SERVER_NAME, "localhost");
        environ.put(Environ.SERVER_PORT, "8080");
        environ.put(Environ.SERVER_PROTOCOL, "HTTP/1.1");
        environ.put(Environ.REMOTE_ADDR, "192.0.2.1");
        environ.put(Environ.REMOTE_PORT, "50000");
        environ.put(Environ.WSGI_URL_SCHEME, "http");
        environ.put(Environ.WSGI_INPUT, InputStream.nullInputStream());
        environ.put(Environ.WSGI_ERRORS, new PrintWriter(errors));
        environ.put(Environ.REQUEST_ID, "server-id");
    }

    static Call get(String path) {
        return new Call("GET", path);
    }

    static Call of(String method, String path) {
        return new Call(method, path);
    }

    Call with(String key, Object value) {
        environ.put(key, value);
        return this;
    }

    Call header(String name, String value) {
        return with(Environ.headerKey(name), value);
    }

    Call leavingOnFirstWrite() {
        leavesOnWrite = true;
        return this;
    }

    Call to(GatewayApplication application) {
        outcome = Serving.function(application, environ, this, ErrorPage.PRODUCTION, new Repairs());
        return this;
    }

    /** Sends it through steps of a server. */
    Call to(GatewayApplication application, Step... steps) {
        Environ sent = environ;
        Map<String, Object> objects = new HashMap<>(sent);
        objects.values().removeIf(String.class::isInstance);
        WsgiFunction function = new WsgiFunction(application, exchange -> {
            environ = FactsEnviron.of(exchange.facts(), Serving.objects(objects));
            return environ;
        });
        outcome = Serving.serve(
                        EnvironFacts.of(sent), this, function, ErrorPage.PRODUCTION, new Repairs(), List.of(steps))
                .outcome();
        return this;
    }

    int status() {
        return head == null ? 0 : head.code();
    }

    String body() {
        return received.toString(UTF_8);
    }

    /** The only value of a response header; nothing if it is absent. */
    Optional<String> responseHeader(String name) {
        List<Header> found = head == null
                ? List.of()
                : head.headers().stream().filter(header -> header.is(name)).toList();
        if (found.size() > 1) {
            throw new AssertionError("expected one " + name + ", found " + found);
        }
        return found.stream().map(Header::value).findFirst();
    }

    @Nullable
    Throwable problem() {
        return outcome == null ? null : outcome.problem();
    }

    @Override
    public void commit(ResponseHead committed) {
        head = committed;
    }

    @Override
    public void write(byte[] data, int offset, int length, boolean flush) throws ClientException {
        if (leavesOnWrite) {
            throw new ClientException("the client left", new java.io.IOException("broken pipe"));
        }
        received.write(data, offset, length);
    }

    /** An application that answers with the text of some environ keys, one per line. */
    static GatewayApplication showing(String... keys) {
        return (environ, startResponse) -> {
            StringBuilder text = new StringBuilder();
            for (String key : keys) {
                text.append(environ.getOrDefault(key, "-")).append('\n');
            }
            startResponse.start("200 OK", List.of(new Header("Content-Type", "text/plain")));
            return List.of(text.toString().getBytes(ISO_8859_1));
        };
    }
}

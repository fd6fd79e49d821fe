package io.gangway.lint;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.gangway.wsgi.Environ;
import io.gangway.wsgi.FileWrapper;
import io.gangway.wsgi.GatewayApplication;
import io.gangway.wsgi.Header;
import io.gangway.wsgi.StartResponse;
import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.function.Consumer;

/** A server that keeps every rule, for tests that break one. */
final class LintRig {
    static final GatewayApplication HELLO = (environ, startResponse) -> {
        startResponse.start("200 OK", List.of());
        return List.of(bytes("hello"));
    };

    static final StartResponse ACCEPTING = (status, headers, excInfo) -> data -> {};

    private LintRig() {}

    static Environ environ() {
        Environ environ = new Environ();
        environ.put("REQUEST_METHOD", "GET");
        environ.put("SCRIPT_NAME", "/shop");
        environ.put("PATH_INFO", "/list");
        environ.put("QUERY_STRING", "");
        environ.put("SERVER_NAME", "localhost");
        environ.put("SERVER_PORT", "8080");
        environ.put("SERVER_PROTOCOL", "HTTP/1.1");
        environ.put("REMOTE_ADDR", "127.0.0.1");
        environ.put("REMOTE_PORT", "40000");
        environ.put("HTTP_HOST", "localhost:8080");
        environ.put("wsgi.version", Environ.WsgiVersion.CURRENT);
        environ.put("wsgi.url_scheme", "http");
        environ.put("wsgi.input", new ByteArrayInputStream(new byte[0]));
        environ.put("wsgi.errors", new PrintWriter(new StringWriter()));
        environ.put("wsgi.multithread", true);
        environ.put("wsgi.multiprocess", false);
        environ.put("wsgi.run_once", false);
        environ.put("wsgi.input_terminated", true);
        environ.put("wsgi.file_wrapper", (FileWrapper.Factory) FileWrapper::new);
        environ.put("gangway.request_id", "r-1");
        return environ;
    }

    static Environ environ(Consumer<Environ> change) {
        Environ environ = environ();
        change.accept(environ);
        return environ;
    }

    static GatewayApplication linted(GatewayApplication application) {
        return new Lint(Lint.Mode.STRICT).wrap(application);
    }

    /** Serves one request by the rules, until the linter throws. */
    @SuppressWarnings("try") // bodies may throw anything from close()
    static void serve(GatewayApplication application, Environ environ, StartResponse startResponse) throws Exception {
        Iterable<byte[]> body = linted(application).call(environ, startResponse);
        try (AutoCloseable closing = body instanceof AutoCloseable closeable ? closeable : () -> {}) {
            for (byte[] block : body) {
                if (block.length > 1_000_000) {
                    throw new AssertionError("a server has to look at blocks, at least");
                }
            }
        }
    }

    static void serve(GatewayApplication application) throws Exception {
        serve(application, environ(), ACCEPTING);
    }

    static GatewayApplication answering(String status, List<Header> headers, String... blocks) {
        return (environ, startResponse) -> {
            startResponse.start(status, headers);
            return List.of(blocks).stream().map(LintRig::bytes).toList();
        };
    }

    static byte[] bytes(String text) {
        return text.getBytes(ISO_8859_1);
    }
}

package io.gangway.middleware;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.gangway.server.Rethrown;
import io.gangway.wsgi.ClientException;
import io.gangway.wsgi.Environ;
import io.gangway.wsgi.Escapes;
import io.gangway.wsgi.FileWrapper;
import io.gangway.wsgi.GatewayApplication;
import io.gangway.wsgi.Header;
import io.gangway.wsgi.Middleware;
import io.gangway.wsgi.StartResponse;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Sends an error page if the application throws: in production with the request id, in development with the traceback.
 *
 * <pre>{@code
 * GatewayApplication safe = ErrorPages.production().wrap(application);
 * }</pre>
 *
 * <p>It catches exceptions of the call, and of the iteration before the first non-empty block. Then status 500 and the page
 * replace the application's head (W55), and the traceback is written to {@code wsgi.errors}. After bytes have been sent, the
 * exception is passed on, and the server breaks the connection off (W68). A {@link ClientException} is always passed on, because
 * it is not an error of the application. A {@link FileWrapper} is passed on unchanged, so that the server can send it in its
 * fastest way.
 *
 * <p>The page is HTML, JSON or plain text, depending on the weights in the request's Accept header; plain text if the weights are
 * equal. Other statuses that an application sends, such as 404, are not changed.
 *
 * <p>Immutable and thread-safe.
 */
public final class ErrorPages implements Middleware {
    private static final String STATUS = "500 Internal Server Error";

    private final boolean development;

    private ErrorPages(boolean development) {
        this.development = development;
    }

    /**
     * Pages with the request id only.
     *
     * @return the middleware
     */
    public static ErrorPages production() {
        return new ErrorPages(false);
    }

    /**
     * Pages with the request and the traceback, for development only.
     *
     * @return the middleware
     */
    public static ErrorPages development() {
        return new ErrorPages(true);
    }

    @Override
    public GatewayApplication wrap(GatewayApplication application) {
        return (environ, startResponse) -> {
            Rescue rescue = new Rescue(environ, startResponse);
            try {
                Iterable<byte[]> body = application.call(environ, startResponse);
                return body instanceof FileWrapper
                        ? body
                        : Bodies.around(body, inner -> new RescuedIterator(inner, rescue), () -> {});
            } catch (Throwable e) { // as a server does: also an Error
                return List.of(rescue.page(e));
            }
        };
    }

    /** Sends the error page of one request; used by one thread. */
    private final class Rescue {
        private final Environ environ;
        private final StartResponse startResponse;
        private final String request;

        Rescue(Environ environ, StartResponse startResponse) {
            this.environ = environ;
            this.startResponse = startResponse;
            this.request = environ.method() + " " + environ.requestTarget();
        }

        /**
         * Starts the error response. If the client caused the problem, or the head has been sent (W56), it throws the problem
         * itself.
         *
         * @return the response's body
         */
        byte[] page(Throwable problem) {
            if (ClientException.isBehind(problem)) {
                throw Rethrown.unchecked(problem);
            }
            Page page = Page.preferredBy(environ);
            String requestId = environ.get(Environ.REQUEST_ID) instanceof String id ? id : "none";
            String traceback = traceback(problem);
            byte[] body = page.render(STATUS, requestId, development ? request : null, development ? traceback : null)
                    .getBytes(UTF_8);
            startResponse.start(
                    STATUS,
                    List.of(
                            new Header("Content-Type", page.contentType),
                            new Header("Content-Length", Integer.toString(body.length)),
                            new Header("Cache-Control", "no-store"),
                            new Header("Vary", "Accept"),
                            new Header("X-Content-Type-Options", "nosniff"),
                            new Header("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")),
                    problem);
            environ.errors().print(traceback); // the server does not get the exception, so it cannot log it
            environ.errors().flush();
            return body;
        }
    }

    /** Passes blocks on. If the iteration fails before any byte was sent, it yields the error page instead. */
    private static final class RescuedIterator implements Iterator<byte[]> {
        private final Iterable<byte[]> inner;
        private final Rescue rescue;
        private @Nullable Iterator<byte[]> blocks;
        private byte @Nullable [] page;
        private boolean hasSent;
        private boolean ended;

        RescuedIterator(Iterable<byte[]> inner, Rescue rescue) {
            this.inner = inner;
            this.rescue = rescue;
        }

        @Override
        public boolean hasNext() {
            if (ended || page != null) {
                return !ended;
            }
            return attempt(() -> blocks().hasNext(), () -> true);
        }

        @Override
        public byte[] next() {
            if (ended) {
                throw new NoSuchElementException();
            }
            byte[] block = page != null ? takePage() : attempt(() -> blocks().next(), this::takePage);
            hasSent |= block != null && block.length > 0; // the server refuses a null block (W60)
            return block;
        }

        private Iterator<byte[]> blocks() {
            if (blocks == null) {
                blocks = inner.iterator();
            }
            return blocks;
        }

        private byte[] takePage() {
            byte[] taken = page == null ? new byte[0] : page;
            page = null;
            ended = true;
            return taken;
        }

        private <T> T attempt(Supplier<T> step, Supplier<T> otherwise) {
            try {
                return step.get();
            } catch (Throwable e) { // as in wrap
                if (hasSent) {
                    throw e;
                }
                page = rescue.page(e);
                return otherwise.get();
            }
        }
    }

    private enum Page {
        PLAIN("text/plain; charset=utf-8") {
            @Override
            String render(String status, String requestId, @Nullable String request, @Nullable String traceback) {
                String text = status + "\nRequest id: " + requestId + "\n";
                return traceback == null ? text : text + "\n" + request + "\n\n" + traceback;
            }
        },
        HTML("text/html; charset=utf-8") {
            @Override
            String render(String status, String requestId, @Nullable String request, @Nullable String traceback) {
                String head = "<!DOCTYPE html>\n<html lang=\"en\"><head><title>" + status
                        + "</title><style>body{font-family:sans-serif;margin:2em}</style></head>\n<body><h1>" + status
                        + "</h1>\n<p>Request id: <code>" + Escapes.html(requestId) + "</code></p>\n";
                String detail = request == null || traceback == null
                        ? ""
                        : "<p><code>" + Escapes.html(request) + "</code></p>\n<pre>" + Escapes.html(traceback)
                                + "</pre>\n";
                return head + detail + "</body></html>\n";
            }
        },
        JSON("application/json") {
            @Override
            String render(String status, String requestId, @Nullable String request, @Nullable String traceback) {
                String json =
                        "{\"status\":500,\"title\":\"Internal Server Error\",\"request_id\":" + Escapes.json(requestId);
                String detail = request == null || traceback == null
                        ? ""
                        : ",\"request\":" + Escapes.json(request) + ",\"traceback\":" + Escapes.json(traceback);
                return json + detail + "}\n";
            }
        };

        final String contentType;

        Page(String contentType) {
            this.contentType = contentType;
        }

        abstract String render(String status, String requestId, @Nullable String request, @Nullable String traceback);

        /** The page with the greatest weight in Accept; plain text first, then HTML (RFC 9110, section 12.5.1). */
        static Page preferredBy(Environ environ) {
            QualityValues accept = new QualityValues(environ.header("Accept").orElse(""));
            Page best = PLAIN;
            double heaviest = Math.max(0, weight(accept, "text/plain"));
            for (Page page : List.of(HTML, JSON)) {
                double weight = weight(accept, page == HTML ? "text/html" : "application/json");
                if (weight > heaviest) {
                    best = page;
                    heaviest = weight;
                }
            }
            return best;
        }

        private static double weight(QualityValues accept, String type) {
            double exact = accept.of(type);
            double range = exact == QualityValues.ABSENT ? accept.of(type.replaceAll("/.*", "/*")) : exact;
            return range == QualityValues.ABSENT ? accept.of("*/*") : range;
        }
    }

    private static String traceback(Throwable problem) {
        StringWriter traceback = new StringWriter();
        problem.printStackTrace(new PrintWriter(traceback));
        return traceback.toString();
    }
}

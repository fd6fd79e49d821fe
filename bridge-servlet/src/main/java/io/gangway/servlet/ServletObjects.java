package io.gangway.servlet;

import io.gangway.server.ErrorStream;
import io.gangway.wsgi.Environ;
import io.gangway.wsgi.Environ.WsgiVersion;
import io.gangway.wsgi.FileWrapper;
import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.PrintWriter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The keys of a Java function's environ that are no texts: the streams and properties of {@code wsgi.*}, and the container's objects. */
final class ServletObjects implements Environ.Source {
    /** The request: an {@link HttpServletRequest}. */
    static final String SERVLET_REQUEST = "jakarta.servlet.request";
    /** The response: an {@link HttpServletResponse}. */
    static final String SERVLET_RESPONSE = "jakarta.servlet.response";
    /** The web application: a {@link ServletContext}. */
    static final String SERVLET_CONTEXT = "jakarta.servlet.context";

    private static final FileWrapper.Factory FILE_WRAPPER = FileWrapper::new;

    private static final List<String> KEYS = List.of(
            Environ.WSGI_VERSION,
            Environ.WSGI_INPUT,
            Environ.WSGI_ERRORS,
            Environ.WSGI_MULTITHREAD,
            Environ.WSGI_MULTIPROCESS,
            Environ.WSGI_RUN_ONCE,
            Environ.WSGI_INPUT_TERMINATED,
            Environ.WSGI_FILE_WRAPPER,
            SERVLET_REQUEST,
            SERVLET_RESPONSE,
            SERVLET_CONTEXT);

    private final HttpServletRequest request;
    private final HttpServletResponse response;
    private final RequestBody body;
    private final Concurrency concurrency;
    private final String requestId;
    private @Nullable PrintWriter errors;
    private boolean isEnded;

    ServletObjects(
            HttpServletRequest request,
            HttpServletResponse response,
            RequestBody body,
            Concurrency concurrency,
            String requestId) {
        this.request = request;
        this.response = response;
        this.body = body;
        this.concurrency = concurrency;
        this.requestId = requestId;
    }

    /** Ends the reading: containers use the request object again, for another request. */
    void end() {
        isEnded = true;
        body.end();
    }

    @Override
    public @Nullable Object value(String key) {
        if (isEnded) {
            throw new IllegalStateException("this environ's request has ended: copy what is needed of it,"
                    + " or all of it with new Environ(environ), while the application runs");
        }
        return switch (key) {
            case Environ.WSGI_VERSION -> WsgiVersion.CURRENT;
            case Environ.WSGI_INPUT -> body;
            case Environ.WSGI_ERRORS -> errors();
            case Environ.WSGI_MULTITHREAD -> concurrency.multithread();
            case Environ.WSGI_MULTIPROCESS -> concurrency.multiprocess();
            case Environ.WSGI_RUN_ONCE -> false;
            case Environ.WSGI_INPUT_TERMINATED -> true;
            case Environ.WSGI_FILE_WRAPPER -> FILE_WRAPPER;
            case SERVLET_REQUEST -> request;
            case SERVLET_RESPONSE -> response;
            case SERVLET_CONTEXT -> request.getServletContext();
            default -> null;
        };
    }

    @Override
    public Iterable<String> keys() {
        return KEYS;
    }

    private PrintWriter errors() {
        if (errors == null) {
            errors = ErrorStream.of(requestId);
        }
        return errors;
    }

    /**
     * Whether the same application may be called elsewhere at the same time.
     *
     * @param multithread whether another thread may call it (W34)
     * @param multiprocess whether another process may call it (W35)
     */
    record Concurrency(boolean multithread, boolean multiprocess) {}
}

package io.gangway.examples.notes.web;

import io.gangway.wsgi.Header;
import java.util.List;

/** A request that is answered by an error page: the client's fault, so nothing is logged. */
public final class HttpProblem extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String status;
    private final transient List<Header> headers;

    /** Takes a status such as {@code 404 Not Found}, and a sentence for the visitor. */
    public HttpProblem(String status, String message, Header... headers) {
        super(message, null, false, false);
        this.status = status;
        this.headers = List.of(headers);
    }

    public static HttpProblem notFound(String message) {
        return new HttpProblem("404 Not Found", message);
    }

    public String status() {
        return status;
    }

    public List<Header> headers() {
        return headers;
    }

    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}

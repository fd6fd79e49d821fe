package io.gangway.servlet;

import io.gangway.wsgi.ClientException;
import jakarta.servlet.http.HttpServletRequest;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The request's body as {@code wsgi.input} (W40-W46).
 *
 * <p>The container is asked for its stream at the first read and not before, because Jetty then sends
 * {@code 100 Continue} (W44). Closing does nothing; the stream is the container's.
 */
final class RequestBody extends InputStream {
    private final HttpServletRequest request;
    private @Nullable InputStream stream;
    private @Nullable ClientException failure;
    private long delivered;
    private boolean isEnded;

    RequestBody(HttpServletRequest request) {
        this.request = request;
    }

    /** To be called before the head of a response, if nothing reads the request's body any more; see {@link GatewayServlet#BODY_SKIPPER}. */
    static void skip(HttpServletRequest request) {
        if (request.getAttribute(GatewayServlet.BODY_SKIPPER) instanceof Runnable skipper) {
            skipper.run();
        }
    }

    /** The request whose body this is. */
    HttpServletRequest request() {
        return request;
    }

    /** The client's fault, if a read failed: Tomcat has then answered 400 by itself. */
    @Nullable
    ClientException failure() {
        return failure;
    }

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
        int count;
        try {
            count = stream().read(target, offset, length);
        } catch (ClientException e) { // our own server's limit was passed
            failure = e;
            throw e;
        } catch (IOException | RuntimeException e) {
            // Jetty throws runtime exceptions for a body whose framing is wrong.
            failure = new ClientException("the client did not send its request body to the end", e);
            throw failure;
        }
        if (count > 0) {
            delivered += count;
            return count;
        }
        try {
            checkNotTaken(request, delivered);
        } catch (ClientException e) {
            failure = e;
            throw e;
        }
        return count;
    }

    /** The request is over: containers use its objects again. */
    void end() {
        isEnded = true;
    }

    /**
     * Checks, at the end of a body, that the gateway has got all of it.
     *
     * @param delivered the bytes that it got
     * @throws ClientException W43, if the client reset its HTTP/2 stream: if it does so between two reads, Tomcat gives the end of the body, and no error
     * @throws IOException W46, if code in front of the gateway has read the body
     */
    static void checkNotTaken(HttpServletRequest request, long delivered) throws IOException {
        if (delivered < request.getContentLengthLong()
                && isHttp2(request)
                && !(isForm(request) && hasMoreParametersThanQuery(request))) {
            throw new ClientException("the client did not send its request body to the end", new EOFException());
        }
        if (wasTaken(request, delivered)) {
            throw new IOException(
                    "W46: the request body was read before the gateway saw it, and is lost to the application."
                            + " A filter in front asked for its parameters or parts: keep it from requests that go to the gateway,"
                            + " or let it read the query string only");
        }
    }

    private static boolean isHttp2(HttpServletRequest request) {
        return "HTTP/2.0".equals(request.getProtocol());
    }

    /** W43, W46: if the body ends early without a fault of the client, other code has read it before. */
    private static boolean wasTaken(HttpServletRequest request, long delivered) {
        long promised = request.getContentLengthLong();
        if (promised >= 0) {
            return delivered < promised;
        }
        return delivered == 0 && isForm(request) && hasMoreParametersThanQuery(request);
    }

    private static boolean isForm(HttpServletRequest request) {
        String type = request.getContentType();
        return type != null && type.toLowerCase(Locale.ROOT).startsWith("application/x-www-form-urlencoded");
    }

    /** Containers parse no body after they have been asked for the stream: parameters that are there now were parsed before. */
    private static boolean hasMoreParametersThanQuery(HttpServletRequest request) {
        String query = request.getQueryString();
        long inQuery = query == null ? 0 : query.chars().filter(c -> c == '&').count() + 1;
        long all = request.getParameterMap().values().stream()
                .mapToLong(values -> values.length)
                .sum();
        return all > inQuery;
    }

    private InputStream stream() throws IOException {
        if (isEnded) {
            throw new IllegalStateException("the request has ended: read wsgi.input while the application runs");
        }
        if (stream == null) {
            stream = request.getInputStream();
        }
        return stream;
    }
}

package io.gangway.servlet.jetty;

import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.server.Request;

/**
 * The part of a request's body that nothing reads.
 *
 * <p>In HTTP/1 the next request begins behind it (W45). Jetty does not wait for bytes that have not arrived when the response is complete,
 * but closes the connection. If the response's head has not said so, a client that uses its connection again loses its next request, and
 * must not send it once more unless it is idempotent (RFC 9112, section 9.3.1).
 */
final class UnreadBody {
    private UnreadBody() {}

    /**
     * Reads the bytes that have arrived. If there are more to come, the response says that the connection will be closed (RFC 9112, section
     * 9.6). To be called before the response's head is sent; does not wait.
     */
    static void skip(Request request, HttpFields.Mutable responseHeaders) {
        boolean isHttp1 =
                request.getConnectionMetaData().getHttpVersion().getVersion() < HttpVersion.HTTP_2.getVersion();
        if (isHttp1 && hasBody(request) && !request.consumeAvailable()) {
            responseHeaders.put(HttpFields.CONNECTION_CLOSE);
        }
    }

    private static boolean hasBody(Request request) {
        HttpFields headers = request.getHeaders();
        return headers.contains(HttpHeader.CONTENT_LENGTH) || headers.contains(HttpHeader.TRANSFER_ENCODING);
    }
}

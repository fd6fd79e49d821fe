package io.gangway.asgi;

import io.gangway.wsgi.Header;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What is known of a client's request, for HTTP and for WebSockets (A02-A06). */
public sealed interface ConnectionScope extends Scope permits HttpScope, WebSocketScope {
    /** The version of the specifications for HTTP and WebSockets. */
    String SPEC_VERSION = "2.5";

    /**
     * An end of the connection.
     *
     * @param host a name or address; the path of a Unix socket
     * @param port empty for a Unix socket
     */
    record Address(String host, Optional<Integer> port) {}

    @Override
    default String specVersion() {
        return SPEC_VERSION;
    }

    /**
     * The client's version of HTTP.
     *
     * @return {@code 1.0}, {@code 1.1} or {@code 2}
     */
    String httpVersion();

    /**
     * The URL's scheme.
     *
     * @return {@code http} or {@code https}; {@code ws} or {@code wss} for a WebSocket
     */
    String scheme();

    /**
     * The whole path, the mount point included, decoded: percent escapes first, then UTF-8. What is no UTF-8 has become U+FFFD.
     *
     * @return any Unicode
     */
    String path();

    /**
     * The path as the client sent it, without the query.
     *
     * @return a native string
     */
    String rawPath();

    /**
     * The query as the client sent it, without the question mark.
     *
     * @return a native string; possibly empty
     */
    String queryString();

    /**
     * The mount point: the beginning of {@link #path}, decoded as that is.
     *
     * @return empty, or with a slash at its beginning and none at its end
     */
    String rootPath();

    /**
     * The request's headers, in their order, names in lower case, repeats kept (A03).
     *
     * @return native strings
     */
    List<Header> headers();

    /**
     * The client.
     *
     * @return empty if it is not known
     */
    Optional<Address> client();

    /**
     * The address to which the client sent its request.
     *
     * @return empty if it is not known
     */
    Optional<Address> server();

    /**
     * The extensions that this server offers for this connection, and what they tell.
     *
     * @return name and content, for example {@code websocket.http.response}
     */
    Map<String, Map<String, Object>> extensions();

    /**
     * The first value of a header.
     *
     * @param name in any case
     * @return a native string; empty if the header is not there
     */
    default Optional<String> header(String name) {
        for (Header header : headers()) {
            if (header.is(name)) {
                return Optional.of(header.value());
            }
        }
        return Optional.empty();
    }
}

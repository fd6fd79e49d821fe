package io.gangway.servlet.jetty;

import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.jspecify.annotations.Nullable;

/**
 * HTTP/2 without TLS, by prior knowledge or by upgrade, but never by the upgrade of a request that has a body.
 *
 * <p>Jetty ignores the upgrade that a request with a length asks for, as RFC 9110, section 7.8, allows. It takes that of a
 * chunked one, whose body then seems empty, or breaks the connection, because it comes in HTTP/1.1 still (RFC 7540, section
 * 3.2). Java's own client asks for the upgrade with its first request unless it is told not to.
 */
final class CleartextHttp2 extends HTTP2CServerConnectionFactory {
    CleartextHttp2(HttpConfiguration http) {
        super(http);
    }

    /** Nothing is to be upgraded where this is null; the request is answered in HTTP/1.1. */
    @Override
    public @Nullable Connection upgradeConnection(
            Connector connector, EndPoint endPoint, MetaData.Request request, HttpFields.Mutable responseHeaders) {
        return request.getHttpFields().contains(HttpHeader.TRANSFER_ENCODING)
                ? null
                : super.upgradeConnection(connector, endPoint, request, responseHeaders);
    }
}

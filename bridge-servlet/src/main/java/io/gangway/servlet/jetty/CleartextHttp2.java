package io.gangway.servlet.jetty;

import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.http2.api.server.ServerSessionListener;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.jspecify.annotations.Nullable;

/**
 * HTTP/2 without TLS, by prior knowledge only (RFC 9113, section 3.3), with the limits of one connection.
 *
 * <p>RFC 9113 has removed the upgrade of RFC 7540. If a proxy passed {@code Upgrade: h2c} on, its client would get a connection that the
 * proxy's rules do not apply to; a request that asks for the upgrade is answered in HTTP/1.1.
 */
final class CleartextHttp2 extends HTTP2CServerConnectionFactory {
    /** HTTP/1.1 messages received before: a connection preface must be first on its connection (RFC 9113, section 3.4). */
    private static final int PREFACE_ALONE = 1;

    CleartextHttp2(HttpConfiguration http) {
        super(http);
        Http2Limits.set(this);
    }

    @Override
    protected ServerSessionListener newSessionListener(Connector connector, EndPoint endPoint) {
        return EncryptedHttp2.keepingWebSockets(this, endPoint);
    }

    /** Jetty calls this for a connection preface too, which it reads as the request {@code PRI * HTTP/2.0}. */
    @Override
    public @Nullable Connection upgradeConnection(
            Connector connector, EndPoint endPoint, MetaData.Request request, HttpFields.Mutable responseHeaders) {
        boolean isPreface = request.getHttpVersion() == HttpVersion.HTTP_2
                && endPoint.getConnection().getMessagesIn() == PREFACE_ALONE;
        return isPreface ? super.upgradeConnection(connector, endPoint, request, responseHeaders) : null;
    }
}

package io.gangway.servlet.jetty;

import org.eclipse.jetty.http2.api.Session;
import org.eclipse.jetty.http2.api.server.ServerSessionListener;
import org.eclipse.jetty.http2.frames.SettingsFrame;
import org.eclipse.jetty.http2.server.HTTP2ServerConnectionFactory;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;

/** HTTP/2 over TLS, with the limits of one connection. */
final class EncryptedHttp2 extends HTTP2ServerConnectionFactory {
    EncryptedHttp2(HttpConfiguration http) {
        super(http);
        Http2Limits.set(this);
    }

    @Override
    protected ServerSessionListener newSessionListener(Connector connector, EndPoint endPoint) {
        return new HTTPServerSessionListener(endPoint) {
            @Override
            public void onSettings(Session session, SettingsFrame frame) {
                super.onSettings(session, frame);
                Http2Limits.keepWebSockets(session, EncryptedHttp2.this);
            }
        };
    }
}

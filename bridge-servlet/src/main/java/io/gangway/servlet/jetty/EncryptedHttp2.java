package io.gangway.servlet.jetty;

import org.eclipse.jetty.http2.HTTP2Session;
import org.eclipse.jetty.http2.api.Session;
import org.eclipse.jetty.http2.api.Stream;
import org.eclipse.jetty.http2.api.server.ServerSessionListener;
import org.eclipse.jetty.http2.frames.ResetFrame;
import org.eclipse.jetty.http2.frames.SettingsFrame;
import org.eclipse.jetty.http2.server.HTTP2ServerConnectionFactory;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.util.Callback;

/** HTTP/2 over TLS, with the limits of one connection. */
final class EncryptedHttp2 extends HTTP2ServerConnectionFactory {
    EncryptedHttp2(HttpConfiguration http) {
        super(http);
        Http2Limits.set(this);
    }

    @Override
    protected ServerSessionListener newSessionListener(Connector connector, EndPoint endPoint) {
        return keepingWebSockets(this, endPoint);
    }

    /**
     * A listener of one connection that ends its streams as {@link WebSocketStream#end} says, and keeps what this server has told of RFC 8441. In section 3, the setting is the server's, and a client's has no meaning; many clients send 0, and Jetty would then refuse their WebSockets with
     * PROTOCOL_ERROR.
     */
    static ServerSessionListener keepingWebSockets(HTTP2ServerConnectionFactory factory, EndPoint endPoint) {
        return factory.new HTTPServerSessionListener(endPoint) {
            @Override
            public void onSettings(Session session, SettingsFrame frame) {
                super.onSettings(session, frame);
                if (session instanceof HTTP2Session open) {
                    open.setConnectProtocolEnabled(factory.isConnectProtocolEnabled());
                }
            }

            @Override
            public void onReset(Stream stream, ResetFrame frame, Callback callback) {
                WebSocketStream.end(stream, () -> super.onReset(stream, frame, callback));
            }

            @Override
            public void onStreamFailure(Stream stream, Throwable failure, Callback callback) {
                WebSocketStream.end(stream, () -> super.onStreamFailure(stream, failure, callback));
            }

            @Override
            public void onFailure(Stream stream, int error, String reason, Throwable failure, Callback callback) {
                WebSocketStream.end(stream, () -> super.onFailure(stream, error, reason, failure, callback));
            }
        };
    }
}

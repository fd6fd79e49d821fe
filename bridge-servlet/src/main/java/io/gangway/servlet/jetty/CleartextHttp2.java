package io.gangway.servlet.jetty;

import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.WindowRateControl;
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
    /**
     * Max requests at the same time on one connection: RFC 9113, section 6.5.2, recommends at least 100; nginx and Jetty allow 128, Apache 100.
     */
    private static final int MAX_STREAMS = 128;

    /**
     * Max events in a second that cost us work and the client nothing: resets (also those that we have to send), PING, SETTINGS, PRIORITY,
     * empty DATA and CONTINUATION frames. When a user closes a busy page, the browser resets all its streams at once, so the limit equals
     * {@link #MAX_STREAMS}; Jetty's default is the same number.
     */
    private static final int MAX_EVENTS_PER_SECOND = MAX_STREAMS;

    /** Max settings in all SETTINGS frames of a connection: RFC 9113 defines six; Jetty's default is 64, Tomcat counts the frames. */
    private static final int MAX_SETTINGS = 64;

    /**
     * Max bytes of request bodies that a connection may send before they are read: Jetty's default is 1 MiB too, hypercorn's 64 KiB; nginx
     * buffers whole request bodies.
     */
    private static final int CONNECTION_WINDOW = 1 << 20;

    /** Max bytes of one request's body before they are read: one upload alone must not use up the connection's window; Jetty's default. */
    private static final int STREAM_WINDOW = CONNECTION_WINDOW / 2;

    /** HTTP/1.1 messages received before: a connection preface must be first on its connection (RFC 9113, section 3.4). */
    private static final int PREFACE_ALONE = 1;

    CleartextHttp2(HttpConfiguration http) {
        super(http);
        setMaxConcurrentStreams(MAX_STREAMS);
        setRateControlFactory(new WindowRateControl.Factory(MAX_EVENTS_PER_SECOND));
        setMaxSettingsKeys(MAX_SETTINGS);
        setInitialSessionRecvWindow(CONNECTION_WINDOW);
        setInitialStreamRecvWindow(STREAM_WINDOW);
        setFlowControlStrategyFactory(LimitedFlowControl::new);
        setConnectProtocolEnabled(false); // RFC 8441: applications cannot use it
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

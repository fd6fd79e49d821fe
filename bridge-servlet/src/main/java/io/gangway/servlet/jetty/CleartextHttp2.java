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
 * HTTP/2 without TLS, by prior knowledge alone (RFC 9113, section 3.3), and what one connection may ask for.
 *
 * <p>The upgrade of RFC 7540 is gone from RFC 9113. A proxy that passes {@code Upgrade: h2c} on would give its client a connection past
 * the proxy's rules; a request that asks for it is answered in HTTP/1.1.
 */
final class CleartextHttp2 extends HTTP2CServerConnectionFactory {
    /**
     * Requests at the same time on one connection: RFC 9113, section 6.5.2, wants at least 100; nginx and Jetty allow 128, Apache 100.
     */
    private static final int MAX_STREAMS = 128;

    /**
     * Events in a second that cost us work and the client nothing: resets, those that we have to send included, PING, SETTINGS, PRIORITY,
     * empty DATA and CONTINUATION frames. A browser whose user closes a busy page resets its streams at once, so it is what
     * {@link #MAX_STREAMS} is; the same number as Jetty's default.
     */
    private static final int MAX_EVENTS_PER_SECOND = MAX_STREAMS;

    /** Settings in all SETTINGS frames of a connection: RFC 9113 defines six; Jetty's default is 64, Tomcat counts the frames. */
    private static final int MAX_SETTINGS = 64;

    /**
     * Bytes of request bodies that a connection may send before they are read: Jetty's default is 1 MiB too, hypercorn's 64 KiB, nginx buffers
     * as much as a request may have.
     */
    private static final int CONNECTION_WINDOW = 1 << 20;

    /** Bytes of one request's body, likewise: one upload alone must not use up the connection's window; Jetty's default. */
    private static final int STREAM_WINDOW = CONNECTION_WINDOW / 2;

    /** How many HTTP/1.1 messages came before: a connection preface is the first thing on its connection (RFC 9113, section 3.4). */
    private static final int PREFACE_ALONE = 1;

    CleartextHttp2(HttpConfiguration http) {
        super(http);
        setMaxConcurrentStreams(MAX_STREAMS);
        setRateControlFactory(new WindowRateControl.Factory(MAX_EVENTS_PER_SECOND));
        setMaxSettingsKeys(MAX_SETTINGS);
        setInitialSessionRecvWindow(CONNECTION_WINDOW);
        setInitialStreamRecvWindow(STREAM_WINDOW);
        setFlowControlStrategyFactory(LimitedFlowControl::new);
        setConnectProtocolEnabled(false); // RFC 8441: there is nothing behind it
    }

    /** Jetty asks this for a connection preface as well, which it reads as the request {@code PRI * HTTP/2.0}. */
    @Override
    public @Nullable Connection upgradeConnection(
            Connector connector, EndPoint endPoint, MetaData.Request request, HttpFields.Mutable responseHeaders) {
        boolean isPreface = request.getHttpVersion() == HttpVersion.HTTP_2
                && endPoint.getConnection().getMessagesIn() == PREFACE_ALONE;
        return isPreface ? super.upgradeConnection(connector, endPoint, request, responseHeaders) : null;
    }
}

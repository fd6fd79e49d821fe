package io.gangway.servlet.jetty;

import org.eclipse.jetty.http2.server.AbstractHTTP2ServerConnectionFactory;
import org.eclipse.jetty.io.WindowRateControl;

/** The limits of one HTTP/2 connection, with and without TLS. */
final class Http2Limits {
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

    private Http2Limits() {}

    static void set(AbstractHTTP2ServerConnectionFactory factory) {
        factory.setMaxConcurrentStreams(MAX_STREAMS);
        factory.setRateControlFactory(new WindowRateControl.Factory(MAX_EVENTS_PER_SECOND));
        factory.setMaxSettingsKeys(MAX_SETTINGS);
        factory.setInitialSessionRecvWindow(CONNECTION_WINDOW);
        factory.setInitialStreamRecvWindow(STREAM_WINDOW);
        factory.setFlowControlStrategyFactory(LimitedFlowControl::new);
        factory.setConnectProtocolEnabled(WebSocketContainer.isThere());
    }
}

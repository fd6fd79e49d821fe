package io.gangway.servlet.jetty;

import java.io.IOException;
import java.net.URI;
import org.eclipse.jetty.server.AbstractConnector;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;

/** The place where a server listens; its text completes "cannot listen on". */
interface Listener {
    /**
     * Bytes that are read from a connection at once: Jetty's 8 KiB are eight system calls for a form of 64 KiB. Only connections that are being read have a buffer.
     */
    int INPUT_BUFFER = 64 << 10;

    /** The protocols that all listeners speak. */
    static ConnectionFactory[] protocols(HttpConfiguration http) {
        HttpConnectionFactory http1 = new HttpConnectionFactory(http);
        http1.setInputBufferSize(INPUT_BUFFER);
        CleartextHttp2 http2 = new CleartextHttp2(http);
        http2.setInputBufferSize(INPUT_BUFFER);
        return new ConnectionFactory[] {http1, http2};
    }

    /** The connector, which accepts connections; Jetty starts and stops it. */
    AbstractConnector connector();

    /** Checks that the address is free, before the application is started, which may take long. */
    void claim() throws IOException;

    /** Accepts the connections in the backlog, and then no more. */
    void refuse() throws IOException;

    /** The number of accepted connections that the connector does not know yet. */
    int onTheWay();

    /** Frees the address; called after the connector has stopped, and possibly more than once. */
    void end();

    /** The port, or -1. */
    int port();

    /** The URI of an application that is mounted at a context path. */
    URI uri(String contextPath);
}

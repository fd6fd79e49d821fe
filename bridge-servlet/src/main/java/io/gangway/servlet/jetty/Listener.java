package io.gangway.servlet.jetty;

import java.io.IOException;
import java.net.URI;
import org.eclipse.jetty.server.AbstractConnector;

/** The place where a server listens; its text completes "cannot listen on". */
interface Listener {
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

package io.gangway.servlet.jetty;

import java.io.IOException;
import java.net.URI;
import org.eclipse.jetty.server.AbstractConnector;

/** Where a server listens; its text completes "cannot listen on". */
interface Listener {
    /** What accepts connections, for Jetty to start and stop. */
    AbstractConnector connector();

    /** Makes sure that the address is free, before anything slow is started. */
    void claim() throws IOException;

    /** Takes the connections that have come by now, and no more. */
    void refuse() throws IOException;

    /** How many connections were taken that are not among the connector's yet. */
    int onTheWay();

    /** Removes what is left of it; called after the connector's end, and more than once. */
    void end();

    /** The port, or -1. */
    int port();

    /** Where an application answers that is mounted at a context path. */
    URI uri(String contextPath);
}

package io.gangway.servlet.jetty;

import java.io.IOException;
import java.net.URI;
import org.eclipse.jetty.server.Connector;

/** Where a server listens; its text completes "cannot listen on". */
interface Listener {
    /** What accepts connections, for Jetty to start and stop. */
    Connector connector();

    /** Makes sure that the address is free, before anything slow is started. */
    void claim() throws IOException;

    /** Removes what is left of it; called after the connector's end, and more than once. */
    void end();

    /** The port, or -1. */
    int port();

    /** Where an application answers that is mounted at a context path. */
    URI uri(String contextPath);
}

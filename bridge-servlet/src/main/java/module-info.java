/** Gateway applications in servlet containers, and an embedded Jetty for them. */
module io.gangway.servlet {
    requires transitive io.gangway.core;
    requires transitive jakarta.servlet;
    requires java.xml;
    requires static transitive org.jspecify;
    requires static jakarta.websocket;
    requires static jakarta.websocket.client;
    requires static org.eclipse.jetty.alpn.server;
    requires static org.eclipse.jetty.ee10.servlet;
    requires static org.eclipse.jetty.http;
    requires static org.eclipse.jetty.http2.server;
    requires static org.eclipse.jetty.io;
    requires static org.eclipse.jetty.server;
    requires static org.eclipse.jetty.unixdomain.server;
    requires static org.eclipse.jetty.util;

    exports io.gangway.servlet;
    exports io.gangway.servlet.jetty;
}

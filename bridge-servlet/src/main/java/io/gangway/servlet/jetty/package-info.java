/**
 * An embedded Jetty: the shortest way from an application to a server.
 *
 * <p>Needs {@code jetty-server}, {@code jetty-ee10-servlet} and {@code jetty-http2-server} on the class path, which
 * bridge-servlet leaves optional; for Unix sockets {@code jetty-unixdomain-server} too, and for TLS {@code
 * jetty-alpn-java-server}.
 */
@NullMarked
package io.gangway.servlet.jetty;

import org.jspecify.annotations.NullMarked;

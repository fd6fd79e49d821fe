/**
 * The server's half of WSGI, independent of any server: it runs one call of an application by the rules, and writes the response
 * to a {@link io.gangway.exchange.ResponseSink}.
 *
 * <p>The servlet and the in-memory client share it, so that the rules about responses are implemented once.
 */
@NullMarked
package io.gangway.server;

import org.jspecify.annotations.NullMarked;

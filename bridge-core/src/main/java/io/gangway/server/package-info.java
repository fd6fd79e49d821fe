/**
 * The server's half of WSGI without a server: one call of an application, run by the rules against a
 * {@link io.gangway.server.ResponseSink}.
 *
 * <p>The servlet, the in-memory client and whatever carries applications later share it, so that the rules about
 * responses are kept in one place.
 */
@NullMarked
package io.gangway.server;

import org.jspecify.annotations.NullMarked;

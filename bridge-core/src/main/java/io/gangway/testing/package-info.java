/**
 * A client that calls an application in memory, for tests: no server, no sockets, the same rules.
 *
 * <p>{@link io.gangway.testing.TestClient} builds requests, keeps cookies and lints the application;
 * {@link io.gangway.testing.TestResponse} is a response received whole, {@link io.gangway.testing.StreamedResponse} one
 * taken block by block. The exchange itself is {@link io.gangway.server.WsgiExchange}, the one that servers run.
 */
@NullMarked
package io.gangway.testing;

import org.jspecify.annotations.NullMarked;

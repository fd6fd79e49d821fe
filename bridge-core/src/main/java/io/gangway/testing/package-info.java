/**
 * A client that calls an application in memory, for tests: no server, no sockets, the same rules.
 *
 * <p>{@link io.gangway.testing.TestClient} builds requests, keeps cookies and lints the application;
 * {@link io.gangway.testing.TestResponse} is a response that was received completely, {@link io.gangway.testing.StreamedResponse}
 * one that is read block by block. Requests are run as exchanges ({@link io.gangway.exchange.Exchange}), as in a server.
 */
@NullMarked
package io.gangway.testing;

import org.jspecify.annotations.NullMarked;

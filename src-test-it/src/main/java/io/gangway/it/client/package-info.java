/**
 * Clients for HTTP/1.1 and HTTP/2 that hide nothing: they send the given bytes unchanged, and tell how the answer was framed.
 *
 * <p>Ordinary clients repair, retry and pool, and so cannot show a truncated body, a second answer on one connection or a
 * reset. These clients do only what RFC 9112 and RFC 9113 require.
 */
@NullMarked
package io.gangway.it.client;

import org.jspecify.annotations.NullMarked;

/**
 * An HTTP/1.1 client that hides nothing: it sends the bytes it is given and tells how the answer was framed.
 *
 * <p>Ordinary clients repair, retry and pool, and so cannot show a truncated body, a second answer on one connection or a
 * reset. This one keeps RFC 9112 and no more.
 */
@NullMarked
package io.gangway.it.client;

import org.jspecify.annotations.NullMarked;

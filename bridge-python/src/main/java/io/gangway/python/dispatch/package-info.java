/**
 * Which worker serves which request: connections that wait for a request, and requests that wait for a connection.
 *
 * <p>The supervisor adds connections and removes workers; the application takes a connection for one exchange and gives it
 * back. Locks here guard memory only, never I/O.
 */
@NullMarked
package io.gangway.python.dispatch;

import org.jspecify.annotations.NullMarked;

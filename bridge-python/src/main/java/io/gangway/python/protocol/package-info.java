/**
 * The worker protocol without sockets, threads or clocks: bytes in, frames out, and the order that frames may have.
 *
 * <p>This package implements {@code docs/worker-protocol.md}. {@code gangway_worker} implements it in Python, and both are tested with
 * the same vectors.
 */
@NullMarked
package io.gangway.python.protocol;

import org.jspecify.annotations.NullMarked;

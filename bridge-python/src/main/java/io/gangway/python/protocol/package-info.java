/**
 * The worker protocol without sockets, threads or clocks: bytes in, frames out, and what may follow what.
 *
 * <p>{@code docs/worker-protocol.md} is what this package renders; {@code gangway_worker} has its twin in Python, and both are
 * tested with the same vectors.
 */
@NullMarked
package io.gangway.python.protocol;

import org.jspecify.annotations.NullMarked;

/**
 * Stock middleware: what most deployments put around an application, one class each.
 *
 * <p>All of it is immutable and thread-safe once made, keeps nothing in memory that could be streamed, asks for one inner
 * block for each block that it yields, and passes {@code close()} on once (W65). Each works without the others; RequestId asks
 * TrustedProxies which peer the connection came from. The order that works is {@link io.gangway.middleware.TrustedProxies} outermost, then
 * {@link io.gangway.middleware.RequestId}, {@link io.gangway.middleware.AccessLog},
 * {@link io.gangway.middleware.ErrorPages}, and inside them {@link io.gangway.middleware.Mount} and
 * {@link io.gangway.middleware.StaticFiles}.
 */
@NullMarked
package io.gangway.middleware;

import org.jspecify.annotations.NullMarked;

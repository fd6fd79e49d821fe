/**
 * The middleware that most deployments need, one public class each.
 *
 * <p>All classes are immutable and thread-safe, stream bodies without buffering them, ask for one inner block for each block that
 * they yield, and pass {@code close()} on once (W65). Each works without the others; RequestId asks TrustedProxies for the address of
 * the connection. The recommended order is {@link io.gangway.middleware.TrustedProxies} outermost, then
 * {@link io.gangway.middleware.RequestId}, {@link io.gangway.middleware.AccessLog},
 * {@link io.gangway.middleware.ErrorPages}, and inside them {@link io.gangway.middleware.Mount} and
 * {@link io.gangway.middleware.StaticFiles}.
 */
@NullMarked
package io.gangway.middleware;

import org.jspecify.annotations.NullMarked;

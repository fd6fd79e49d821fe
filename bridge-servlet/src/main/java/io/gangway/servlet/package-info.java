/**
 * Gateway applications in any servlet container.
 *
 * <p>Two pure functions and a thin shell: {@code ServletFacts} makes the facts of a request, {@code ServletSink} writes
 * a gateway response to a servlet response, and {@link io.gangway.servlet.GatewayServlet} or {@link io.gangway.servlet.GatewayFilter}
 * stands between them and the container.
 */
@NullMarked
package io.gangway.servlet;

import org.jspecify.annotations.NullMarked;

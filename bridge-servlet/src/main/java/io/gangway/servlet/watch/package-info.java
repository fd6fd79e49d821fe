/**
 * What looks after the clients of a deployment: one thread that looks, the connections that the system shows it, and threads that tell applications what it has found.
 *
 * <p>Not exported.
 */
@NullMarked
package io.gangway.servlet.watch;

import org.jspecify.annotations.NullMarked;

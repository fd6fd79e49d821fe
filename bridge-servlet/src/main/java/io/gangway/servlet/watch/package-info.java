/**
 * What looks after the clients of a deployment: one thread that looks, and others that tell applications what it has found.
 *
 * <p>Not exported.
 */
@NullMarked
package io.gangway.servlet.watch;

import org.jspecify.annotations.NullMarked;

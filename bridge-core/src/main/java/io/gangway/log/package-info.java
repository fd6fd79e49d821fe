/** Loggers for Gangway's own entries in the container's log. */
@NullMarked
package io.gangway.log;

import org.jspecify.annotations.NullMarked;

/** What entries in the container's log are made with: loggers, and words for what happened to a file. */
@NullMarked
package io.gangway.log;

import org.jspecify.annotations.NullMarked;

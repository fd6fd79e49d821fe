/** The command's own log: levels, formats, and where entries go. */
@NullMarked
package io.gangway.cli.log;

import org.jspecify.annotations.NullMarked;

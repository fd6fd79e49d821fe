/** What is to run, and from which source each setting comes: options, variables, files. */
@NullMarked
package io.gangway.cli.config;

import org.jspecify.annotations.NullMarked;

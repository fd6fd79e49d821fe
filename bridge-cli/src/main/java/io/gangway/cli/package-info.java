/**
 * The {@code gangway} command: one application in an embedded Jetty.
 *
 * <p>Each option is a {@link io.gangway.deploy.Setting}: the server's own in {@link io.gangway.cli.config.ServerSettings},
 * the application's from its loaders. {@link io.gangway.cli.config.SettingOptions} makes an option of each, so that a new setting
 * is on the command line, in the help and in the completion without a line here.
 */
@NullMarked
package io.gangway.cli;

import org.jspecify.annotations.NullMarked;

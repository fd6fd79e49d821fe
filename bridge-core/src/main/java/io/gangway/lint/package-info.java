/**
 * The two-sided validator: {@link io.gangway.lint.Lint} stands between a server and an application and checks both against the
 * numbered rules.
 *
 * <p>{@link io.gangway.lint.WsgiRule} is the catalogue of those rules; {@code docs/wsgi.md} is generated from it, and every
 * error message of the linter cites it. {@code Lint} is a {@link io.gangway.wsgi.Middleware} like any other, so it can
 * stand between any two layers: its caller is "the server", and the application that it calls is "the application".
 */
@NullMarked
package io.gangway.lint;

import org.jspecify.annotations.NullMarked;

/**
 * The two-sided validator: {@link io.gangway.lint.Lint} stands between a server and an application and holds both to the
 * numbered rules.
 *
 * <p>{@link io.gangway.lint.WsgiRule} is the catalogue of those rules; {@code docs/wsgi.md} is generated from it, and every
 * error message of the linter cites it. {@code Lint} is a {@link io.gangway.wsgi.Middleware} like any other, so it can
 * stand between any two layers: whatever calls it is "the server", whatever it calls is "the application".
 */
@NullMarked
package io.gangway.lint;

import org.jspecify.annotations.NullMarked;

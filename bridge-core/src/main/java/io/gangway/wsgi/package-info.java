/**
 * The gateway interface: WSGI (PEP 3333) in Java.
 *
 * <p>An application is a function from an {@link io.gangway.wsgi.Environ} and a {@link io.gangway.wsgi.StartResponse} to
 * an iterable of byte blocks; a {@link io.gangway.wsgi.Middleware} is a function from application to application. Rule
 * numbers such as W51 refer to {@code docs/wsgi.md}.
 */
@NullMarked
package io.gangway.wsgi;

import org.jspecify.annotations.NullMarked;

/**
 * The asynchronous gateway interface: ASGI 3 in Java, beside WSGI in {@link io.gangway.wsgi}.
 *
 * <p>An {@link io.gangway.asgi.AsgiApplication} gets a {@link io.gangway.asgi.Scope}, and exchanges {@linkplain io.gangway.asgi.AsgiEvent events} with the server:
 * {@link io.gangway.asgi.HttpEvent}, {@link io.gangway.asgi.WebSocketEvent}, {@link io.gangway.asgi.LifespanEvent}. They have the names of ASGI's messages. Its byte strings are byte
 * arrays where they are data, and native strings (each char is one byte) where they are headers, paths and queries, as in {@link io.gangway.wsgi}.
 */
@NullMarked
package io.gangway.asgi;

import org.jspecify.annotations.NullMarked;

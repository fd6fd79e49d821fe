/** WebSockets from outside: a client that sends single frames. */
@NullMarked
package io.gangway.it.websocket;

import org.jspecify.annotations.NullMarked;

/** WebSockets from outside: the application of the contract's cases, and a client that sends single frames. */
@NullMarked
package io.gangway.it.websocket;

import org.jspecify.annotations.NullMarked;

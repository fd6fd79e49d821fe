/**
 * WebSockets by {@code jakarta.websocket}, the same code in every container: handshakes that wait for the application, messages with back-pressure, pings, and the end of all of them.
 *
 * <p>Not exported. {@code Gateway} gives it the handshakes; what it needs of the servlet is a {@link io.gangway.servlet.websocket.ServletSide}.
 */
@NullMarked
package io.gangway.servlet.websocket;

import org.jspecify.annotations.NullMarked;

package io.gangway.servlet.websocket;

import java.time.Duration;

/**
 * What the settings say about WebSockets.
 *
 * @param handshake how long an application may take to accept or deny
 * @param maxMessage bytes of one message
 * @param maxQueue messages of one client that wait for the application
 * @param pingInterval between two pings; zero for none
 * @param pingTimeout for the pong
 */
public record WebSocketLimits(
        Duration handshake, long maxMessage, int maxQueue, Duration pingInterval, Duration pingTimeout) {}

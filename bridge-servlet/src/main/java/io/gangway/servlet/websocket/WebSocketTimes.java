package io.gangway.servlet.websocket;

import java.time.Duration;

/**
 * What no setting says about WebSockets.
 *
 * @param look between two looks after all of them
 * @param opening how long a container may take from the accept to the open connection
 * @param closing how long a client may take for the close and all that is sent before it, and how long the stop waits for that
 */
record WebSocketTimes(Duration look, Duration opening, Duration closing) {
    static final WebSocketTimes DEFAULT =
            new WebSocketTimes(Duration.ofMillis(500), Duration.ofSeconds(30), Duration.ofSeconds(10));
}

package io.gangway.exchange;

import java.time.Duration;

/** An application has neither accepted nor denied a WebSocket for as long as the server waits: the client gets 504 in its place. The application's fault. */
public final class UnansweredException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    static final String STATUS = "504 Gateway Timeout";

    UnansweredException(Duration waited) {
        super(
                "the application neither accepted nor closed the WebSocket within " + waited.toMillis() / 1000.0
                        + " s. Fix: send websocket.accept or websocket.close sooner, or raise gangway.ws-handshake-timeout",
                null,
                true,
                false); // its trace would lead through Gangway only
    }
}

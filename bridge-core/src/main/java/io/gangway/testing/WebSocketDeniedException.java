package io.gangway.testing;

/** An application has denied a WebSocket, or failed before it accepted; the client got an HTTP response. */
public final class WebSocketDeniedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient TestResponse response;

    WebSocketDeniedException(TestResponse response) {
        super("The application denied the WebSocket: " + response);
        this.response = response;
    }

    /**
     * What the client got in place of the WebSocket.
     *
     * @return for example a 403
     */
    public TestResponse response() {
        return response;
    }
}

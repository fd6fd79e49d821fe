package io.gangway.it;

/** The rules about WebSockets, of a Python application behind the embedded Jetty, over HTTP/2. */
final class WebSocketsInPythonBehindJettyOverHttp2IT extends WebSocketCases {
    WebSocketsInPythonBehindJettyOverHttp2IT() {
        super(AsgiBackend.PYTHON_JETTY, AsgiBackend.PYTHON_JETTY.serving().withWebSocketsOverHttp2());
    }
}

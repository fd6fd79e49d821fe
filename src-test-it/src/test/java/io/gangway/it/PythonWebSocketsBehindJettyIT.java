package io.gangway.it;

/** WebSockets of a Python application, behind the embedded Jetty. */
final class PythonWebSocketsBehindJettyIT extends WebSocketSuite {
    PythonWebSocketsBehindJettyIT() {
        super(EmbeddedBackend.jetty("WebSockets of CPython behind embedded Jetty")
                .onWebSocketsInPython(MAX_MESSAGE));
    }
}

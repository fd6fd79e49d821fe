package io.gangway.it;

/** WebSockets of a Python application, behind an embedded Tomcat 10.1. */
final class PythonWebSocketsBehindTomcat10IT extends WebSocketSuite {
    PythonWebSocketsBehindTomcat10IT() {
        super(EmbeddedBackend.tomcat("WebSockets of CPython behind embedded Tomcat 10.1", "tomcat10")
                .onWebSocketsInPython(MAX_MESSAGE));
    }
}

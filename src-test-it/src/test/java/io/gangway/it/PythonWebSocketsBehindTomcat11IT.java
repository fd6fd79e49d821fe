package io.gangway.it;

/** WebSockets of a Python application, behind an embedded Tomcat 11. */
final class PythonWebSocketsBehindTomcat11IT extends WebSocketSuite {
    PythonWebSocketsBehindTomcat11IT() {
        super(EmbeddedBackend.tomcat("WebSockets of CPython behind embedded Tomcat 11", "tomcat11")
                .onWebSocketsInPython(MAX_MESSAGE));
    }
}

package io.gangway.it;

/** WebSockets of a Java application on an embedded Tomcat 10.1. */
final class WebSocketsOnTomcat10IT extends WebSocketSuite {
    WebSocketsOnTomcat10IT() {
        super(EmbeddedBackend.tomcat("WebSockets on embedded Tomcat 10.1", "tomcat10")
                .onWebSockets(MAX_MESSAGE));
    }
}

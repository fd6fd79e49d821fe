package io.gangway.it;

/** WebSockets of a Java application on an embedded Tomcat 11. */
final class WebSocketsOnTomcat11IT extends WebSocketSuite {
    WebSocketsOnTomcat11IT() {
        super(EmbeddedBackend.tomcat("WebSockets on embedded Tomcat 11", "tomcat11")
                .onWebSockets(MAX_MESSAGE));
    }
}

package io.gangway.it;

/** WebSockets of a Java application on GatewayServer. */
final class WebSocketsOnJettyIT extends WebSocketSuite {
    WebSocketsOnJettyIT() {
        super(EmbeddedBackend.jetty("WebSockets on embedded Jetty").onWebSockets(MAX_MESSAGE));
    }
}

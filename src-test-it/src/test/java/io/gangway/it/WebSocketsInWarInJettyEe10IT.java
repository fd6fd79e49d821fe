package io.gangway.it;

/** WebSockets of a Java application in a WAR, in the distribution of Jetty with its ee10 modules. */
final class WebSocketsInWarInJettyEe10IT extends WebSocketSuite {
    WebSocketsInWarInJettyEe10IT() {
        super(Backends.webSocketsInWar(Backends.JETTY_EE10, MAX_MESSAGE));
    }
}

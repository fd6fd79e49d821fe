package io.gangway.it;

/** WebSockets of a Java application in a WAR, in the distribution of Jetty with its ee11 modules. */
final class WebSocketsInWarInJettyEe11IT extends WebSocketSuite {
    WebSocketsInWarInJettyEe11IT() {
        super(Backends.webSocketsInWar(Backends.JETTY_EE11, MAX_MESSAGE));
    }
}

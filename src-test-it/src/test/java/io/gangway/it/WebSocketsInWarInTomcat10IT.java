package io.gangway.it;

/** WebSockets of a Java application in a WAR, in the distribution of Tomcat 10.1. */
final class WebSocketsInWarInTomcat10IT extends WebSocketSuite {
    WebSocketsInWarInTomcat10IT() {
        super(Backends.webSocketsInWar(Backends.TOMCAT_10, MAX_MESSAGE));
    }
}

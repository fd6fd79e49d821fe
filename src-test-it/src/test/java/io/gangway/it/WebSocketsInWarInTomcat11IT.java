package io.gangway.it;

/** WebSockets of a Java application in a WAR, in the distribution of Tomcat 11. */
final class WebSocketsInWarInTomcat11IT extends WebSocketSuite {
    WebSocketsInWarInTomcat11IT() {
        super(Backends.webSocketsInWar(Backends.TOMCAT_11, MAX_MESSAGE));
    }
}

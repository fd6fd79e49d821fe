package io.gangway.it;

/** The rules about WebSockets, of a Java application in a WAR, in the distribution of Jetty with its ee11 modules, over HTTP/2. */
final class WebSocketsInWarInJettyEe11OverHttp2IT extends WebSocketsInWarOverHttp2Cases {
    WebSocketsInWarInJettyEe11OverHttp2IT() {
        super(AsgiBackend.WAR_JETTY_EE11);
    }
}

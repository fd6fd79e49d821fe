package io.gangway.it;

/** The rules about WebSockets, of a Java application on GatewayServer, over HTTP/2. */
final class WebSocketsOnJettyOverHttp2IT extends WebSocketCases {
    WebSocketsOnJettyOverHttp2IT() {
        super(AsgiBackend.JETTY, AsgiBackend.JETTY.serving().withWebSocketsOverHttp2());
    }
}

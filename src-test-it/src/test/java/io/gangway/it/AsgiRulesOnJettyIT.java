package io.gangway.it;

/** The rules of ASGI, of a Java application on GatewayServer. */
final class AsgiRulesOnJettyIT extends AsgiSuite {
    AsgiRulesOnJettyIT() {
        super(AsgiBackend.JETTY);
    }
}

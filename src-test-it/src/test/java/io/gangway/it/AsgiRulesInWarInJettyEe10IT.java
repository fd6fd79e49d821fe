package io.gangway.it;

/** The rules of ASGI, of a Java application in a WAR, in the distribution of Jetty with its ee10 modules. */
final class AsgiRulesInWarInJettyEe10IT extends AsgiSuite {
    AsgiRulesInWarInJettyEe10IT() {
        super(AsgiBackend.WAR_JETTY_EE10);
    }
}

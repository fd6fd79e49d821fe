package io.gangway.it;

/** The rules of ASGI, of a Java application in a WAR, in the distribution of Jetty with its ee11 modules. */
final class AsgiRulesInWarInJettyEe11IT extends AsgiSuite {
    AsgiRulesInWarInJettyEe11IT() {
        super(AsgiBackend.WAR_JETTY_EE11);
    }
}

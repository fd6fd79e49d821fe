package io.gangway.it;

/** The contract in a WAR, in the distribution of Jetty with its ee11 modules. */
final class WarInJettyEe11IT extends ContractSuite {
    WarInJettyEe11IT() {
        super(Backends.WAR_JETTY_EE11);
    }
}

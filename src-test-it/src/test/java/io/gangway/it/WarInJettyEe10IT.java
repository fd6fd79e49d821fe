package io.gangway.it;

/** The contract in a WAR, in the distribution of Jetty with its ee10 modules. */
final class WarInJettyEe10IT extends ContractSuite {
    WarInJettyEe10IT() {
        super(Backends.WAR_JETTY_EE10);
    }
}

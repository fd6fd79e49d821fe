package io.gangway.it;

/** The contract on {@code GatewayServer}. */
final class EmbeddedJettyIT extends ContractSuite {
    EmbeddedJettyIT() {
        super(Backends.EMBEDDED_JETTY);
    }
}

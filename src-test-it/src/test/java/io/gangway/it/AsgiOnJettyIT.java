package io.gangway.it;

/** The contract by way of ASGI, on GatewayServer. */
final class AsgiOnJettyIT extends ContractSuite {
    AsgiOnJettyIT() {
        super(Backends.ASGI_JETTY);
    }
}

package io.gangway.it;

/** The contract by way of ASGI, on an embedded Tomcat 10.1 with default settings. */
final class AsgiOnTomcat10IT extends ContractSuite {
    AsgiOnTomcat10IT() {
        super(Backends.ASGI_TOMCAT_10);
    }
}

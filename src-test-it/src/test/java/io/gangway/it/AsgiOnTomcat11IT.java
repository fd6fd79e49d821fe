package io.gangway.it;

/** The contract by way of ASGI, on an embedded Tomcat 11 with default settings. */
final class AsgiOnTomcat11IT extends ContractSuite {
    AsgiOnTomcat11IT() {
        super(Backends.ASGI_TOMCAT_11);
    }
}

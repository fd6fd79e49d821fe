package io.gangway.it;

/** The contract on an embedded Tomcat 10.1 with default settings. */
final class EmbeddedTomcat10IT extends ContractSuite {
    EmbeddedTomcat10IT() {
        super(Backends.EMBEDDED_TOMCAT_10);
    }
}

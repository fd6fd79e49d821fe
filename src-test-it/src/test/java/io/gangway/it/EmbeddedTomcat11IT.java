package io.gangway.it;

/** The contract on an embedded Tomcat 11 with default settings. */
final class EmbeddedTomcat11IT extends ContractSuite {
    EmbeddedTomcat11IT() {
        super(Backends.EMBEDDED_TOMCAT_11);
    }
}

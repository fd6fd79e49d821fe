package io.gangway.it;

/** The contract in a WAR, in the distribution of Tomcat 10.1 with default settings. */
final class WarInTomcat10IT extends ContractSuite {
    WarInTomcat10IT() {
        super(Backends.WAR_TOMCAT_10);
    }
}

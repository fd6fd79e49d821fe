package io.gangway.it;

/** The contract in a WAR, in the distribution of Tomcat 11 with default settings. */
final class WarInTomcat11IT extends ContractSuite {
    WarInTomcat11IT() {
        super(Backends.WAR_TOMCAT_11);
    }
}

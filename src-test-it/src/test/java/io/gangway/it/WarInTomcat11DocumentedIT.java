package io.gangway.it;

/** The contract in a WAR, in the distribution of Tomcat 11 with the settings that its documentation names for more paths. */
final class WarInTomcat11DocumentedIT extends ContractSuite {
    WarInTomcat11DocumentedIT() {
        super(Backends.WAR_TOMCAT_11_DOCUMENTED);
    }
}

package io.gangway.it;

/** The rules of ASGI, of a Java application in a WAR, in the distribution of Tomcat 10.1. */
final class AsgiRulesInWarInTomcat10IT extends AsgiSuite {
    AsgiRulesInWarInTomcat10IT() {
        super(AsgiBackend.WAR_TOMCAT_10);
    }
}

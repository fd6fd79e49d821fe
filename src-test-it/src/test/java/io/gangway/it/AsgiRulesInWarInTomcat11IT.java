package io.gangway.it;

/** The rules of ASGI, of a Java application in a WAR, in the distribution of Tomcat 11. */
final class AsgiRulesInWarInTomcat11IT extends AsgiSuite {
    AsgiRulesInWarInTomcat11IT() {
        super(AsgiBackend.WAR_TOMCAT_11);
    }
}

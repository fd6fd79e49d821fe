package io.gangway.it;

/** The rules of ASGI, of a Java application on an embedded Tomcat 10.1. */
final class AsgiRulesOnTomcat10IT extends AsgiSuite {
    AsgiRulesOnTomcat10IT() {
        super(AsgiBackend.TOMCAT_10);
    }
}

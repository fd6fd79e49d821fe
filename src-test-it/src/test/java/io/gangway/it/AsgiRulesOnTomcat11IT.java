package io.gangway.it;

/** The rules of ASGI, of a Java application on an embedded Tomcat 11. */
final class AsgiRulesOnTomcat11IT extends AsgiSuite {
    AsgiRulesOnTomcat11IT() {
        super(AsgiBackend.TOMCAT_11);
    }
}

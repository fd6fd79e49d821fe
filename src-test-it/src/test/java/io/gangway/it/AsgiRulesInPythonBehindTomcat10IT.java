package io.gangway.it;

/** The rules of ASGI, of a Python application, behind an embedded Tomcat 10.1. */
final class AsgiRulesInPythonBehindTomcat10IT extends AsgiSuite {
    AsgiRulesInPythonBehindTomcat10IT() {
        super(AsgiBackend.PYTHON_TOMCAT_10);
    }
}

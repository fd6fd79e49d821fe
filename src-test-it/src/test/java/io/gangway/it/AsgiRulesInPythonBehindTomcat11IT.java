package io.gangway.it;

/** The rules of ASGI, of a Python application, behind an embedded Tomcat 11. */
final class AsgiRulesInPythonBehindTomcat11IT extends AsgiSuite {
    AsgiRulesInPythonBehindTomcat11IT() {
        super(AsgiBackend.PYTHON_TOMCAT_11);
    }
}

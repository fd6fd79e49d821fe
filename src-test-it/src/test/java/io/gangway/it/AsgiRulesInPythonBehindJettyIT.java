package io.gangway.it;

/** The rules of ASGI, of a Python application, behind the embedded Jetty. */
final class AsgiRulesInPythonBehindJettyIT extends AsgiSuite {
    AsgiRulesInPythonBehindJettyIT() {
        super(AsgiBackend.PYTHON_JETTY);
    }
}

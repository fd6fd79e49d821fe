package io.gangway.it;

/** The contract on CPython, behind the embedded Jetty: no thread waits for a request. */
final class CPythonBehindJettyIT extends ContractSuite {
    CPythonBehindJettyIT() {
        super(Backends.CPYTHON_JETTY);
    }
}

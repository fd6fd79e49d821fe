package io.gangway.it;

/** The contract on CPython, behind the embedded Jetty, with the linter in between. */
final class CPythonBehindJettyIT extends ContractSuite {
    CPythonBehindJettyIT() {
        super(Backends.CPYTHON_JETTY);
    }
}

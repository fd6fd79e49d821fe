package io.gangway.it;

/** The contract on CPython, behind the embedded Jetty, with the linter in between: a thread waits for each request. */
final class CPythonLintedIT extends ContractSuite {
    CPythonLintedIT() {
        super(Backends.CPYTHON_JETTY_LINTED);
    }
}

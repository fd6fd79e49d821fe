package io.gangway.it;

/** The contract on CPython, behind the embedded Jetty, with applications that read every body while it arrives. */
final class CPythonStreamingIT extends ContractSuite {
    CPythonStreamingIT() {
        super(Backends.CPYTHON_JETTY_STREAMING);
    }
}

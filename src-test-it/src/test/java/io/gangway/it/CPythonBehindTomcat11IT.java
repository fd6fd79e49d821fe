package io.gangway.it;

/** The contract on CPython, behind an embedded Tomcat 11 with default settings. */
final class CPythonBehindTomcat11IT extends ContractSuite {
    CPythonBehindTomcat11IT() {
        super(Backends.CPYTHON_TOMCAT_11);
    }
}

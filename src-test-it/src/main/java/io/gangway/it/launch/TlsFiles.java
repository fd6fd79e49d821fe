package io.gangway.it.launch;

/** Where the test that launches a server puts what its TLS connector needs: PKCS12 files in the working directory. */
public final class TlsFiles {
    /** The server's key and certificate. */
    public static final String SERVER = "server.p12";
    /** The certificates of clients that are trusted. */
    public static final String CLIENTS = "clients.p12";
    /** Of each file; it keeps nothing, for the keys are made anew for each run. */
    public static final String PASSWORD = "contract";
    /** The files' format. */
    public static final String TYPE = "PKCS12";

    private TlsFiles() {}
}

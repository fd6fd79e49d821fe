package io.gangway.it.launch;

/** The PKCS12 files of a server's TLS connector, which the test puts into the working directory. */
public final class TlsFiles {
    /** The server's key and certificate. */
    public static final String SERVER = "server.p12";
    /** The certificates of clients that are trusted. */
    public static final String CLIENTS = "clients.p12";
    /** The password of each file; it protects nothing, because new keys are made for each run. */
    public static final String PASSWORD = "contract";
    /** The files' format. */
    public static final String TYPE = "PKCS12";

    private TlsFiles() {}
}

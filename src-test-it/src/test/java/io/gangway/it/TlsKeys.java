package io.gangway.it;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.gangway.it.contract.EnvironCases;
import io.gangway.it.launch.TlsFiles;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Keys made for one launch by the JDK's keytool: the server's for 127.0.0.1, and that of the one client that it trusts. */
final class TlsKeys {
    private static final char[] PASSWORD = TlsFiles.PASSWORD.toCharArray();
    private static final String ALIAS = "contract";

    private final KeyStore client;
    private final KeyStore servers;

    private TlsKeys(KeyStore client, KeyStore servers) {
        this.client = client;
        this.servers = servers;
    }

    /** Makes the files that {@link TlsFiles} names, in a directory. */
    static TlsKeys make(Path directory) throws IOException, GeneralSecurityException, InterruptedException {
        KeyStore server = pair(directory.resolve(TlsFiles.SERVER), "CN=localhost");
        KeyStore client = pair(directory.resolve("client.p12"), EnvironCases.CLIENT);
        try (OutputStream file = Files.newOutputStream(directory.resolve(TlsFiles.CLIENTS))) {
            trusting(client).store(file, PASSWORD);
        }
        return new TlsKeys(client, trusting(server));
    }

    /** A TLS context for a client that trusts only the server. */
    SSLContext context(boolean withCertificate) throws IOException {
        try {
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(client, PASSWORD);
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(servers);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(withCertificate ? keys.getKeyManagers() : new KeyManager[0], trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException("the keys that were made cannot be used", e);
        }
    }

    private static KeyStore pair(Path file, String subject)
            throws IOException, GeneralSecurityException, InterruptedException {
        Files.deleteIfExists(file);
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-keystore",
                        file.toString(),
                        "-storetype",
                        TlsFiles.TYPE,
                        "-storepass",
                        TlsFiles.PASSWORD,
                        "-alias",
                        ALIAS,
                        "-keyalg",
                        "EC",
                        "-dname",
                        subject,
                        "-ext",
                        "SAN=ip:127.0.0.1,dns:localhost")
                .redirectErrorStream(true)
                .start();
        String output = new String(keytool.getInputStream().readAllBytes(), UTF_8);
        if (keytool.waitFor() != 0) {
            throw new IOException("keytool made no " + file + ": " + output);
        }
        KeyStore made = KeyStore.getInstance(TlsFiles.TYPE);
        try (InputStream content = Files.newInputStream(file)) {
            made.load(content, PASSWORD);
        }
        return made;
    }

    private static KeyStore trusting(KeyStore pair) throws IOException, GeneralSecurityException {
        KeyStore trusting = KeyStore.getInstance(TlsFiles.TYPE);
        trusting.load(null, PASSWORD);
        trusting.setCertificateEntry(ALIAS, pair.getCertificate(ALIAS));
        return trusting;
    }
}
